// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>The codecs of single values.</summary>
internal static class Words
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("-0123456789");

    public static readonly Codec<string> Text = new WordCodec<string>("a text", ReadText, static text => text, text: true);

    public static readonly Codec<Secret> Password = new WordCodec<Secret>("the password in quotes", ReadSecret, static secret => secret.Reveal(), text: true, secret: true);

    public static readonly Codec<bool> Flag = new WordCodec<bool>("true or false", ReadFlag, static flag => flag ? "true" : "false");

    public static readonly Codec<TimeSpan> Duration = new WordCodec<TimeSpan>(
        "a duration with its unit, such as 100ms, 1s or 5m", static (string word, out TimeSpan value) => DurationText.TryParse(word, out value), DurationText.Write);

    public static readonly Codec<IpAddr> Address = new WordCodec<IpAddr>(
        "an IPv4 or IPv6 address without a length", static (string word, out IpAddr value) => IpAddr.TryParse(word, out value), static value => value.ToString());

    public static readonly Codec<InterfaceAddress> Cidr = new WordCodec<InterfaceAddress>(
        "an address with the length of its network, such as 192.0.2.100/24 or 2001:db8::100/64",
        static (string word, out InterfaceAddress value) => InterfaceAddress.TryParse(word, out value), static value => value.ToString());

    public static readonly Codec<IpPrefix> Prefix = new WordCodec<IpPrefix>("a network such as 192.0.2.0/24, or an address alone", ReadPrefix, static value => value.ToString());

    public static readonly Codec<MacAddr> Mac = new WordCodec<MacAddr>(
        "a hardware address such as 02:00:00:00:00:0a", static (string word, out MacAddr value) => MacAddr.TryParse(word, out value), static value => value.ToString());

    public static readonly Codec<IpFamily> Family = Member<IpFamily>("ipv4", "ipv6");

    public static readonly Codec<uint> Mark = new WordCodec<uint>(
        "a number from 0 to 4294967295",
        static (string word, out uint value) => uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value),
        static value => value.ToString(CultureInfo.InvariantCulture));

    public static readonly Codec<PortRange> Ports = new WordCodec<PortRange>(
        "a port such as 80, or ports such as 8000-8099", static (string word, out PortRange value) => PortText.TryParse(word, out value), static value => value.ToString());

    public static readonly Codec<StatusRange> Status = new WordCodec<StatusRange>("a status such as 200, or 200-299", ReadStatus, static value => value.ToString());

    public static readonly Codec<VirtualEndpoint> Endpoint = new WordCodec<VirtualEndpoint>(
        "an address with its port, such as 192.0.2.100:80 or \"[2001:db8::100]:80\", or the address alone for every port",
        static (string word, out VirtualEndpoint value) => PortText.TryParse(word, out value), static value => value.ToString());

    public static readonly Codec<ValueList<string>> Texts = new ListCodec<string>(Text);

    public static readonly Codec<VrrpVersion> ProtocolVersion = new WordCodec<VrrpVersion>(
        "2 or 3",
        static (string word, out VrrpVersion value) => (value = word == "2" ? VrrpVersion.V2 : VrrpVersion.V3) == VrrpVersion.V2 || word == "3",
        static value => value == VrrpVersion.V2 ? "2" : "3");

    public static Codec<int> Number(int least, int most) => new WordCodec<int>(
        $"a whole number from {least} to {most}",
        (string word, out int value) => int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && Ascii(word) && value >= least && value <= most,
        static value => value.ToString(CultureInfo.InvariantCulture));

    public static Codec<T?> Optional<T>(Codec<T> codec)
        where T : struct => new OptionalCodec<T>(codec);

    public static Codec<ValueList<T>> List<T>(Codec<T> codec) => new ListCodec<T>(codec);

    /// <summary>A member of an enumeration by its name in lower camel case, or by the names given in the members' order.</summary>
    public static Codec<T> Member<T>(params string[] names)
        where T : struct, Enum
    {
        T[] members = Enum.GetValues<T>();
        string[] words = names.Length > 0 ? names : Array.ConvertAll(Enum.GetNames<T>(), static name => char.ToLowerInvariant(name[0]) + name[1..]);
        return new WordCodec<T>(
            $"one of {string.Join(", ", words)}",
            (string word, out T value) =>
            {
                int index = Array.FindIndex(words, known => known.Equals(word, StringComparison.OrdinalIgnoreCase));
                value = index < 0 ? default : members[index];
                return index >= 0;
            },
            value => words[Array.IndexOf(members, value)]);
    }

    private static bool ReadText(string word, [MaybeNullWhen(false)] out string value)
    {
        value = word;
        return true;
    }

    private static bool ReadSecret(string word, out Secret value)
    {
        value = new(word);
        return word.Length > 0;
    }

    private static bool ReadFlag(string word, out bool value)
    {
        value = word == "true";
        return value || word == "false";
    }

    private static bool ReadPrefix(string word, out IpPrefix value)
    {
        bool read = InterfaceAddress.TryParse(word, out InterfaceAddress address);
        value = read ? address.Network : default;
        return read;
    }

    private static bool ReadStatus(string word, out StatusRange value)
    {
        bool read = PortText.TryParse(word, out PortRange range) && range.First >= 100 && range.Last <= 999;
        value = read ? new(range.First, range.Last) : default;
        return read;
    }

    // The runtime's own parser lets NULs trail.
    private static bool Ascii(string word) => !word.AsSpan().ContainsAnyExcept(NumberCharacters);
}
