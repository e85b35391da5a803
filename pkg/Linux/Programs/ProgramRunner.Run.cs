// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Programs;

public sealed partial class ProgramRunner
{
    /// <summary>Runs a program to its end; when cancelled, it is ended, and that is its end.</summary>
    public async Task<ProgramEnd> RunAsync(ProgramRequest request, CancellationToken cancellation)
    {
        TaskCompletionSource<ProgramEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ProgramRun run = Start(request, ended.SetResult);
        await using CancellationTokenRegistration registration = cancellation.Register(run.End);
        return await ended.Task;
    }
}
