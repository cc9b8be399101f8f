using Google.Protobuf;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Wire;
using static Portcullis.Operator.Tests.Delivery.Configurations;

namespace Portcullis.Operator.Tests.Wire;

public sealed class ConfigurationChunksTests
{
    [Fact]
    public void Everything_arrives_as_it_was()
    {
        var sent = Versioned(3, 4, Certificate("a", "1"), Certificate("b", "2"));

        var arrived = Assert.IsType<AssemblyResult.Complete>(Deliver(new ConfigurationAssembler(held: null), sent, held: null));

        Assert.Equal(sent.Version, arrived.Configuration.Version);
        Assert.Equal(sent.Configuration.Entries.Values, arrived.Configuration.Configuration.Entries.Values);
    }

    [Fact]
    public void An_empty_configuration_is_one_chunk_that_says_so()
    {
        var chunk = Assert.Single(ConfigurationChunks.Of(new VersionedConfiguration(new ConfigurationVersion(1, 1), GatewayConfiguration.Empty), held: null));

        Assert.True(chunk.Last);
        Assert.IsType<AssemblyResult.Complete>(new ConfigurationAssembler(held: null).Add(OnTheWire(chunk)));
    }

    [Fact]
    public void Differences_follow_each_other_on_what_is_held()
    {
        var (first, second, third) = (Versioned(1, 1, Certificate("a", "1"), Certificate("b", "1")), Versioned(1, 2, Certificate("a", "2")), Versioned(1, 3, Certificate("c", "3")));
        var assembler = new ConfigurationAssembler(held: null);

        Deliver(assembler, first, held: null);
        Deliver(assembler, second, first.Configuration);
        Deliver(assembler, third, second.Configuration);

        Assert.Equal(third.Configuration.Revision, assembler.Held!.Configuration.Revision);
        Assert.Equal(third.Version, assembler.Held.Version);
    }

    [Fact]
    public void Entries_share_a_chunk_up_to_1_MiB_and_a_larger_one_travels_alone()
    {
        var sent = Versioned(1, 1, Certificate("0", new string('x', 10)), Certificate("1", new string('x', 3_000_000)), Certificate("2", new string('x', 10)), Certificate("3", new string('x', 10)));

        var chunks = ConfigurationChunks.Of(sent, held: null).ToArray();

        Assert.Equal([1, 1, 2], chunks.Select(chunk => chunk.Upserts.Count));
        Assert.Equal([false, false, true], chunks.Select(chunk => chunk.Last));
    }

    [Fact]
    public void A_chunk_of_another_configuration_in_between_breaks_it()
    {
        var first = Chunks(Versioned(1, 1, Large(1, 900_000), Large(2, 900_000)));
        var other = Chunks(Versioned(1, 2, Large(1, 900_000), Large(3, 900_000)));
        var assembler = new ConfigurationAssembler(held: null);

        Assert.IsType<AssemblyResult.Incomplete>(assembler.Add(first[0]));
        var broken = Assert.IsType<AssemblyResult.Broken>(assembler.Add(other[1]));

        Assert.Equal("a chunk of configuration 1.2 arrived inside configuration 1.1", broken.Problem);
    }

    [Fact]
    public void A_missing_chunk_is_noticed_by_the_revision()
    {
        var chunks = Chunks(Versioned(1, 1, Large(1, 900_000), Large(2, 900_000), Large(3, 900_000)));
        var assembler = new ConfigurationAssembler(held: null);

        assembler.Add(chunks[0]);
        var broken = Assert.IsType<AssemblyResult.Broken>(assembler.Add(chunks[2]));

        Assert.Contains("announced was", broken.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_altered_on_its_way_breaks_it()
    {
        var chunk = Chunks(Versioned(1, 1, Certificate("a", "1")))[0];
        chunk.Upserts[0].Content = ByteString.CopyFrom([.. chunk.Upserts[0].Content.ToByteArray()[..^1], (byte)' ']);

        var broken = Assert.IsType<AssemblyResult.Broken>(new ConfigurationAssembler(held: null).Add(chunk));

        Assert.Equal("the content of Certificate:shop/a does not have the digest it was announced with", broken.Problem);
    }

    [Fact]
    public void A_minimum_version_altered_on_its_way_is_noticed_by_the_revision()
    {
        var chunk = Chunks(Versioned(1, 1, Certificate("a", "1")))[0];
        chunk.Upserts[0].MinimumVersion = 2;

        Assert.IsType<AssemblyResult.Broken>(new ConfigurationAssembler(held: null).Add(chunk));
    }

    [Fact]
    public void A_key_that_is_none_breaks_it()
    {
        var chunk = Chunks(Versioned(1, 1, Certificate("a", "1")))[0];
        chunk.Upserts[0].Key = "nothing";

        Assert.IsType<AssemblyResult.Broken>(new ConfigurationAssembler(held: null).Add(chunk));
    }

    [Fact]
    public void A_change_needs_its_base()
    {
        var (first, second) = (Versioned(1, 1, Certificate("a", "1")), Versioned(1, 2, Certificate("a", "2")));
        var change = Assert.Single(ConfigurationChunks.Of(second, first.Configuration));

        var toNothing = new ConfigurationAssembler(held: null).Add(change);
        var toAnother = new ConfigurationAssembler(Versioned(1, 1, Certificate("a", "other"))).Add(change);

        Assert.IsType<AssemblyResult.Broken>(toNothing);
        Assert.StartsWith("the change applies to ", Assert.IsType<AssemblyResult.Broken>(toAnother).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Promise", "P5")]
    [InlineData(6, 9)]
    [InlineData(7, 1)]
    public void What_is_older_than_the_held_is_stale(long epoch, long sequence)
    {
        var assembler = new ConfigurationAssembler(Versioned(7, 2, Certificate("a", "newer")));

        var stale = Assert.IsType<AssemblyResult.Stale>(assembler.Add(Chunks(Versioned(epoch, sequence, Certificate("a", "older")))[0]));

        Assert.Equal(new ConfigurationVersion(epoch, sequence), stale.Version);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public void Another_configuration_under_the_held_version_is_refused()
    {
        var assembler = new ConfigurationAssembler(Versioned(7, 2, Certificate("a", "this")));

        Assert.IsType<AssemblyResult.Broken>(assembler.Add(Chunks(Versioned(7, 2, Certificate("a", "that")))[0]));
        Assert.IsType<AssemblyResult.Complete>(new ConfigurationAssembler(Versioned(7, 2, Certificate("a", "this"))).Add(Chunks(Versioned(7, 2, Certificate("a", "this")))[0]));
    }

    private static VersionedConfiguration Versioned(long epoch, long sequence, params ConfigurationEntry[] entries) =>
        new(new ConfigurationVersion(epoch, sequence), GatewayConfiguration.Of(entries));

    private static ConfigurationChunk[] Chunks(VersionedConfiguration configuration) => [.. ConfigurationChunks.Of(configuration, held: null).Select(OnTheWire)];

    private static ConfigurationChunk OnTheWire(ConfigurationChunk chunk) => ConfigurationChunk.Parser.ParseFrom(chunk.ToByteArray());

    private static AssemblyResult Deliver(ConfigurationAssembler assembler, VersionedConfiguration configuration, GatewayConfiguration? held) =>
        ConfigurationChunks.Of(configuration, held).Select(chunk => assembler.Add(OnTheWire(chunk))).Last();
}
