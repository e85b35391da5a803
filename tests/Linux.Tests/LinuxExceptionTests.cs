// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Tests;

public sealed class LinuxExceptionTests
{
    [Fact]
    public void Last_WhoseWordsCallTheLibrary_StillTellsTheNumberFromBefore()
    {
        Marshal.SetLastPInvokeError(LinuxException.AddressInUse);
        LinuxException fault = LinuxException.Last($"bind {new Spoiler()} to it");
        Assert.Equal(LinuxException.AddressInUse, fault.Error);
        Assert.StartsWith("cannot bind spoiled to it: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_WhoseWordsCallTheLibrary_StillTellsTheNumberFromBefore()
    {
        Marshal.SetLastPInvokeError(LinuxException.NoDevice);
        LinuxException fault = Assert.Throws<LinuxException>(() => FileDescriptor.Own(-1, $"open {new Spoiler()}"));
        Assert.Equal(LinuxException.NoDevice, fault.Error);
    }

    private sealed class Spoiler
    {
        public override string ToString()
        {
            Marshal.SetLastPInvokeError(0);
            return "spoiled";
        }
    }
}
