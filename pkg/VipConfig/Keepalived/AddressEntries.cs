// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Lines of virtual_ipaddress and static_ipaddress: an address and the attributes of <c>ip address add</c>.</summary>
internal static class AddressEntries
{
    private static readonly string[] Attributes =
        ["dev", "label", "scope", "brd", "broadcast", "peer", "use_vmac", "-nodad", "noprefixroute", "home", "mngtmpaddr", "autojoin", "no_track", "preferred_lft", "track_group"];

    public static ValueList<VirtualAddress> Read(Entry entry, ValueList<VirtualAddress> before)
    {
        List<VirtualAddress> addresses = [.. before];
        foreach (Statement statement in entry.Block())
        {
            entry.Problems.Locate($"{entry.Path}[{addresses.Count}]", statement.At);
            if (One(entry.At(statement, addresses.Count)) is { } address)
                addresses.Add(address);
        }

        return [.. addresses];
    }

    private static VirtualAddress? One(Entry line)
    {
        List<string> words = [line.Keyword, .. line.Words];
        if (!InterfaceAddress.TryParse(words[0], out InterfaceAddress given))
        {
            line.Refuse("is no address: write 192.0.2.100/24 or 2001:db8::100/64, then its attributes");
            return null;
        }

        VirtualAddress address = new() { Address = given };
        for (int i = 1; i < words.Count; i++)
        {
            string word = words[i];
            bool takesValue = word is "dev" or "label" or "scope" or "brd" or "broadcast" or "peer" or "preferred_lft" or "track_group";
            string value = "";
            if (takesValue && ++i >= words.Count)
                line.Refuse($"has {word} without a value: give one or remove it");
            else if (takesValue)
                value = words[i];
            address = word switch
            {
                "dev" => address with { Device = value },
                "label" => address with { Label = value },
                "scope" => address with { Scope = value },
                "brd" or "broadcast" => address with { Broadcast = value },
                "peer" => Peer(address, value, line),
                "use_vmac" => address with { UseVirtualMac = true },
                "-nodad" => address with { NoDad = true },
                "noprefixroute" => address with { NoPrefixRoute = true },
                "no_track" => address with { Watch = false },
                "preferred_lft" => address with { Preferred = value != "0" },
                _ => Other(address, word, line),
            };
        }

        return address;
    }

    private static VirtualAddress Peer(VirtualAddress address, string value, Entry line)
    {
        if (InterfaceAddress.TryParse(value, out InterfaceAddress peer))
            return address with { Peer = peer };
        line.Refuse($"has \"{value}\" as peer, which is no address: correct it");
        return address;
    }

    private static VirtualAddress Other(VirtualAddress address, string word, Entry line)
    {
        if (word is "home" or "mngtmpaddr" or "autojoin")
            line.Ignore($"has {word}, which means nothing to a virtual address here: remove it");
        else if (word == "track_group")
            line.Ignore("has track_group: a static address that was removed is put back and no instance fails for it; remove it");
        else if (InterfaceAddress.TryParse(word, out _))
            line.Refuse($"has a second address {word} on its line: give each address a line of its own");
        else
            line.Refuse($"has \"{word}\", which is no attribute of an address{NearestWord.Hint(word, Attributes)}: correct or remove it");
        return address;
    }
}
