using System.Net;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>Leases, on which leadership stands.</summary>
public sealed class LeaseTests(BehaviourCluster cluster)
{
    private const string Now = "2026-01-02T03:04:05.000000Z";

    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task A_time_has_exactly_six_digits_of_a_second()
    {
        var path = await PathAsync();

        (await api.CreateAsync(path, Objects.Lease("a", "2026-01-02T03:04:05Z"))).Refused(HttpStatusCode.BadRequest, "BadRequest");
        (await api.CreateAsync(path, Objects.Lease("a", "2026-01-02T03:04:05.123Z"))).Refused(HttpStatusCode.BadRequest, "BadRequest");
        (await api.CreateAsync(path, Objects.Lease("a", "2026-01-02T03:04:05.1234567Z"))).Refused(HttpStatusCode.BadRequest, "BadRequest");
        var made = (await api.CreateAsync(path, Objects.Lease("a", "2026-01-02T05:04:05.120000+02:00"))).Good;

        Assert.Equal("2026-01-02T03:04:05.120000Z", made.Text("spec", "renewTime"));
    }

    [Fact]
    public async Task Of_two_who_take_a_lease_one_loses()
    {
        var path = await PathAsync();
        var seen = (await api.CreateAsync(path, Objects.Lease("a", Now))).Good;

        var first = await api.ReplaceAsync($"{path}/a", seen.With(lease => lease["spec"]!["holderIdentity"] = "b"));
        (await api.ReplaceAsync($"{path}/a", seen.With(lease => lease["spec"]!["holderIdentity"] = "c"))).Refused(HttpStatusCode.Conflict, "Conflict");

        Assert.Equal("b", first.Good.Text("spec", "holderIdentity"));
    }

    [Fact]
    public async Task A_lease_is_never_replaced_blindly()
    {
        var path = await PathAsync();
        await api.CreateAsync(path, Objects.Lease("a", Now));

        (await api.ReplaceAsync($"{path}/a", Objects.Lease("a", Now))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    [Fact]
    public async Task A_deleted_lease_is_not_made_again_by_its_holder()
    {
        var path = await PathAsync();
        var held = (await api.CreateAsync(path, Objects.Lease("a", Now))).Good;
        await api.DeleteAsync($"{path}/a");

        (await api.ReplaceAsync($"{path}/a", held)).Refused(HttpStatusCode.Conflict, "Conflict");
    }

    [Fact]
    public async Task PUT_without_a_uid_makes_a_lease_that_is_not_there_whatever_version_it_names()
    {
        var path = await PathAsync();

        Assert.Equal(HttpStatusCode.Created, (await api.ReplaceAsync($"{path}/a", Objects.Lease("a", Now))).Code);
        Assert.Equal(
            HttpStatusCode.Created, (await api.ReplaceAsync($"{path}/b", Objects.Lease("b", Now).With(lease => lease["metadata"]!["resourceVersion"] = "5"))).Code);
    }

    [Fact]
    public async Task A_released_lease_has_no_holder_and_a_short_duration()
    {
        var path = await PathAsync();
        var held = (await api.CreateAsync(path, Objects.Lease("a", Now))).Good;

        var released = (await api.ReplaceAsync($"{path}/a", held.With(lease =>
        {
            lease["spec"]!["holderIdentity"] = "";
            lease["spec"]!["leaseDurationSeconds"] = 1;
        }))).Good;

        Assert.Equal("", released.Text("spec", "holderIdentity"));
        (await api.ReplaceAsync($"{path}/a", released.With(lease => lease["spec"]!["leaseDurationSeconds"] = 0))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    private async Task<string> PathAsync() => $"/apis/coordination.k8s.io/v1/namespaces/{await cluster.NamespaceAsync()}/leases";
}
