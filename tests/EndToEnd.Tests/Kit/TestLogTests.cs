using Microsoft.Extensions.Logging;
using Portcullis.TestKit.Logs;

namespace Portcullis.EndToEnd.Tests.Kit;

/// <summary>A log that fails a test must fail it for the right lines only.</summary>
public sealed class TestLogTests
{
    [Fact]
    public void An_error_that_was_not_announced_fails_the_test_with_its_text()
    {
        var log = new TestLog();
        log.For<TestLogTests>().Log(LogLevel.Error, "the disk is full");

        var failure = Assert.Throws<UnannouncedErrorException>(log.Dispose);

        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_and_announced_errors_pass()
    {
        var log = new TestLog();
        log.Announce("disk is full");
        log.For<TestLogTests>().Log(LogLevel.Error, "the disk is full");
        log.For<TestLogTests>().Log(LogLevel.Warning, "the disk is slow");

        log.Dispose();

        Assert.Equal(["the disk is full", "the disk is slow"], log.Lines.Entries.Select(line => line.Message));
    }
}
