// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.BgpNet.Messages;

public readonly ref partial struct NotificationMessage
{
    private const int MostDataShown = 32;

    /// <summary>The message for people: names, numbers, the operator's text or the first octets of the data.</summary>
    public string Describe()
    {
        StringBuilder text = new();
        _ = text.Append(CultureInfo.InvariantCulture, $"{Name()} ({(byte)Code}/{Subcode})");
        if (TryUnwrapHardReset(out NotificationMessage reason) && !reason.IsHardReset)
        {
            return text.Append(": ").Append(reason.Describe()).ToString();
        }

        if (ShutdownCommunication is { } communication)
        {
            return text.Append(": \"").Append(communication).Append('"').ToString();
        }

        if (TryReadPrefixLimit(out AfiSafi family, out uint limit))
        {
            return text.Append(CultureInfo.InvariantCulture, $": {family}, at most {limit} prefixes").ToString();
        }

        if (!Data.IsEmpty)
        {
            bool cut = Data.Length > MostDataShown;
            string digits = Convert.ToHexStringLower(cut ? Data[..MostDataShown] : Data);
            _ = text.Append(CultureInfo.InvariantCulture, $", data {digits}{(cut ? "..." : "")}");
        }

        return text.ToString();
    }

    private string Name() => Code switch
    {
        NotificationCode.MessageHeader => Name("message header error", (HeaderSubcode)Subcode),
        NotificationCode.OpenMessage => Name("OPEN error", (OpenSubcode)Subcode),
        NotificationCode.UpdateMessage => Name("UPDATE error", (UpdateSubcode)Subcode),
        NotificationCode.HoldTimerExpired => "hold timer expired",
        NotificationCode.FiniteStateMachine => Name("state machine error", (FsmSubcode)Subcode),
        NotificationCode.Cease => Name("Cease", (CeaseSubcode)Subcode),
        NotificationCode.RouteRefresh => Name("ROUTE-REFRESH error", (RefreshErrorSubcode)Subcode),
        NotificationCode.SendHoldTimerExpired => "send hold timer expired",
        _ => "unknown error",
    };

    private static string Name<T>(string kind, T subcode)
        where T : struct, Enum => Enum.GetName(subcode) is { } name ? $"{kind}, {name}" : kind;
}
