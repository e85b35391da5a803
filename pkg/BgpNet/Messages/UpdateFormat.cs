// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>What was agreed on with a peer, as far as it says how routes of one family are packed for it.</summary>
public readonly record struct UpdateFormat(bool ExtendedMessages, bool AddPath)
{
    /// <summary>The longest message, in octets.</summary>
    public int MaxLength => ExtendedMessages ? MessageFrame.MaxExtendedLength : MessageFrame.MaxLength;
}
