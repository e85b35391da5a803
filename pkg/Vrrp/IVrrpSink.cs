// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>
/// Where an instance puts what it wants done, in the order in which to do it, while it steps. Nothing in here may step an
/// instance; what is handed in by reference lives until the call returns.
/// </summary>
public interface IVrrpSink
{
    /// <summary>Send this message.</summary>
    void Send(VrrpInstance instance, in VrrpTransmission transmission, ReadOnlySpan<byte> message);

    /// <summary>Do this.</summary>
    void Do(VrrpInstance instance, in VrrpCommand command);

    /// <summary>This has happened.</summary>
    void Tell(VrrpInstance instance, in VrrpNotice notice);
}
