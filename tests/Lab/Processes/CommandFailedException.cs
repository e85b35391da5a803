// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Processes;

/// <summary>A command of the lab failed; the message holds its line and what it printed.</summary>
public sealed class CommandFailedException : Exception
{
    public CommandFailedException()
    {
    }

    public CommandFailedException(string message)
        : base(message)
    {
    }

    public CommandFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
