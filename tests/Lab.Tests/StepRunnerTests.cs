// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Steps;
using Spectre.Console;

namespace LoadBalancer.Lab.Tests;

public sealed class StepRunnerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runner_StepFails_ShowsLogsAndAsksForStatusOne()
    {
        var logs = Directory.CreateTempSubdirectory("lab-steps-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(logs.FullName, "speaker-node-1.log"), "the last words\n", Cancellation);
            await File.WriteAllTextAsync(Path.Combine(logs.FullName, "other.log"), "not asked for\n", Cancellation);
            using var text = new StringWriter();
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
            console.Profile.Width = 200;
            var runner = new StepRunner(console) { Logs = logs.FullName };

            Assert.True(await runner.RunAsync("works", (_, _) => Task.FromResult("address [192.0.2.100]"), Cancellation));
            Assert.Equal(0, runner.ExitCode);
            Assert.False(await runner.RunAsync(
                "breaks", (_, _) => throw new InvalidOperationException("no such luck"), Cancellation, "speaker"));
            runner.Summary();

            Assert.Equal(1, runner.ExitCode);
            var output = text.ToString();
            Assert.Contains("works: address [192.0.2.100]", output, StringComparison.Ordinal);
            Assert.Contains("FAILED breaks: no such luck", output, StringComparison.Ordinal);
            Assert.Contains("the last words", output, StringComparison.Ordinal);
            Assert.DoesNotContain("not asked for", output, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', output);
        }
        finally
        {
            logs.Delete(recursive: true);
        }
    }
}
