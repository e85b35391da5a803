// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

public readonly ref partial struct NotificationMessage
{
    private bool IsCease(CeaseSubcode subcode) => Code == NotificationCode.Cease && Subcode == (byte)subcode;

    /// <summary>Whether the routes must go although graceful restart was agreed on (RFC 8538 3.1).</summary>
    public bool IsHardReset => IsCease(CeaseSubcode.HardReset);

    /// <summary>The reason wrapped in a hard reset (RFC 8538 3.1); false when this is none or holds none.</summary>
    public bool TryUnwrapHardReset(out NotificationMessage reason)
    {
        reason = default;
        return IsHardReset && TryRead(Data, out reason);
    }

    /// <summary>The family and the limit of a Cease for too many prefixes (RFC 4486 4); false when it does not say them.</summary>
    public bool TryReadPrefixLimit(out AfiSafi family, out uint limit)
    {
        family = default;
        limit = 0;
        SpanReader reader = new(Data);
        return IsCease(CeaseSubcode.MaxPrefixes)
            && Data.Length == AfiSafi.Length + sizeof(uint)
            && AfiSafi.TryRead(ref reader, out family)
            && reader.TryReadUInt32(out limit);
    }

    /// <summary>
    /// What the peer's operator wrote for a shutdown or reset (RFC 9003 2), made fit for a log; octets that are no such text
    /// are given in hexadecimal. Null when there is nothing.
    /// </summary>
    public string? ShutdownCommunication
    {
        get
        {
            bool mayHave = IsCease(CeaseSubcode.AdministrativeShutdown) || IsCease(CeaseSubcode.AdministrativeReset);
            if (!mayHave || Data.IsEmpty || (Data.Length == 1 && Data[0] == 0))
            {
                return null;
            }

            int length = Data[0];
            return length < Data.Length ? PeerText.Clean(Data.Slice(1, length)) : "0x" + Convert.ToHexStringLower(Data);
        }
    }
}
