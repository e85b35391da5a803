// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>The rules of config/crd: what every bound, pattern and CEL rule accepts, refuses and says.</summary>
public sealed class DefinitionTests(Product product) : IClassFixture<Product>
{
    private const string Selector = """[{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]},{"matchLabels":{"a":"b"}},{}]""";
    private const string SelectorWithoutValues = """[{"matchExpressions":[{"key":"a","operator":"In"}]}]""";
    private const string SelectorWithValues = """[{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}]""";
    private const string SelectorRefusal = "operators In and NotIn need at least one value; Exists and DoesNotExist take none";

    public static TheoryData<string, string, string> Accepted => new()
    {
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/24","198.51.100.10-198.51.100.20","2001:db8::/64","2001:db8:1::1 - 2001:db8:1::ff","203.0.113.7/32"]}""" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.5/24"],"autoAssign":false,"avoidBuggyIPs":true,"serviceAllocation":{"priority":50,"namespaces":["a","b"],"namespaceSelectors":""" + Selector + ""","serviceSelectors":""" + Selector + "}}" },
        { "L2Advertisement", "v1beta1", "{}" },
        { "L2Advertisement", "v1beta1", """{"ipAddressPools":["a"],"ipAddressPoolSelectors":""" + Selector + ""","nodeSelectors":""" + Selector + ""","interfaces":["eth0"],"serviceSelectors":""" + Selector + ""","preferredNodeSelectors":[{"weight":1,"preference":{}},{"weight":100,"preference":{"matchLabels":{"a":"b"}}}]}""" },
        { "L2Advertisement", "v1beta1", """{"failback":{"enabled":true,"delay":"1m30s"}}""" },
        { "BGPAdvertisement", "v1beta1", """{"aggregationLength":1,"aggregationLengthV6":0,"localPref":4294967295,"communities":["65535:65281","large:4294967295:1:2","no-advertise"],"peers":["r1"]}""" },
        { "BGPAdvertisement", "v1beta1", """{"serviceSelectors":""" + Selector + ""","nodeSelectors":""" + Selector + ""","ipAddressPools":["a"],"ipAddressPoolSelectors":""" + Selector + "}" },
        { "BGPAdvertisement", "v1beta1", """{"serviceSelectors":[],"aggregationLength":24}""" },
        { "BGPPeer", "v1beta2", """{"myASN":4294967295,"peerASN":1,"peerAddress":"192.0.2.1","peerPort":65535,"holdTime":"3s","keepaliveTime":"1s","connectTime":"65535s","routerID":"192.0.2.9","sourceAddress":"192.0.2.2","ebgpMultiHop":true,"password":"x","bfdProfile":"b","vrf":"red","enableGracefulRestart":true,"localASN":7}""" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"dynamicASN":"internal","interface":"eth0","holdTime":"0s","connectTime":"1s","nodeSelectors":""" + Selector + "}" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"dynamicASN":"external","ebgpMultiHop":true,"peerAddress":"2001:db8::1","sourceAddress":"","routerID":"","passwordSecret":{"name":"s"},"password":""}""" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","peerPort":0}""" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","ttlSecurityHops":254,"passive":true,"enableGracefulRestart":true,"restartTime":"4095s","maxReceivedPrefixes":1,"maxAnnouncedPrefixes":4294967295}""" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","ttlSecurityHops":1,"ebgpMultiHop":false,"nodeSelectors":[{"matchExpressions":[{"key":"a","operator":"NotIn","values":["b"]}],"matchLabels":{"c":"d"}}]}""" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"dynamicASN":"external","interface":"eth0","passive":false,"localASN":7}""" },
        { "BGPAdvertisement", "v1beta1", """{"med":0,"asPathPrepend":10,"allowedServiceCommunities":["blackhole","1:2","large:1:2:3"],"bandwidthPerEndpoint":"2.5G"}""" },
        { "BGPAdvertisement", "v1beta1", """{"med":4294967295,"asPathPrepend":0,"bandwidthPerEndpoint":"100000000"}""" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"2001:db8::/64","passive":true,"maxDynamicPeers":1000,"enableGracefulRestart":true,"longLivedStaleTime":"86400s"}""" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.0/24","passive":true}""" },
        { "BFDProfile", "v1beta1", "{}" },
        { "BFDProfile", "v1beta1", """{"receiveInterval":10,"transmitInterval":60000,"detectMultiplier":2,"echoInterval":10,"echoMode":true,"passiveMode":true,"minimumTtl":1}""" },
        { "BFDProfile", "v1beta1", """{"receiveInterval":60000,"transmitInterval":10,"detectMultiplier":255,"echoInterval":60000,"minimumTtl":254}""" },
        { "Community", "v1beta1", """{"communities":[{"name":"a","value":"1:2"},{"name":"b","value":"large:1:2:3"}]}""" },
        { "ServiceL2Status", "v1beta1", "{}" },
        { "ServiceBGPStatus", "v1beta1", "{}" },
    };

    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "IPAddressPool", "v1beta1", "{}", "spec.addresses: Required value" },
        { "IPAddressPool", "v1beta1", """{"addresses":[]}""", "spec.addresses in body should have at least 1 items" },
        { "IPAddressPool", "v1beta1", """{"addresses":["nonsense"]}""", "spec.addresses[0] in body should match" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/24","192.0.2.0/24"]}""", "spec.addresses[1]: Duplicate value" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/33"]}""", "must be a CIDR such as 192.0.2.0/24 or 2001:db8::/120, or a range such as 192.0.2.10-192.0.2.20" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.256/32"]}""", "must be a CIDR such as" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.010/32"]}""", "must be a CIDR such as" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/024"]}""", "must be a CIDR such as" },
        { "IPAddressPool", "v1beta1", """{"addresses":["::ffff:192.0.2.0/120"]}""", "must be a CIDR such as" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.1"]}""", "spec.addresses[0] in body should match" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.1-2001:db8::1"]}""", "a range needs two addresses of one family" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.1-192.0.2.300"]}""", "a range needs two addresses of one family" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/24"],"serviceAllocation":{"namespaceSelectors":""" + SelectorWithoutValues + "}}", SelectorRefusal },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/24"],"serviceAllocation":{"serviceSelectors":""" + SelectorWithValues + "}}", SelectorRefusal },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/24"],"serviceAllocation":{"namespaces":["a","a"]}}""", "spec.serviceAllocation.namespaces[1]: Duplicate value" },
        { "IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/24"],"autoAssign":"yes"}""", "must be of type boolean" },
        { "L2Advertisement", "v1beta1", """{"ipAddressPools":["a","a"]}""", "spec.ipAddressPools[1]: Duplicate value" },
        { "L2Advertisement", "v1beta1", """{"ipAddressPoolSelectors":""" + SelectorWithoutValues + "}", SelectorRefusal },
        { "L2Advertisement", "v1beta1", """{"nodeSelectors":""" + SelectorWithValues + "}", SelectorRefusal },
        { "L2Advertisement", "v1beta1", """{"serviceSelectors":""" + SelectorWithoutValues + "}", SelectorRefusal },
        { "L2Advertisement", "v1beta1", """{"interfaces":[""]}""", "spec.interfaces[0] in body should be at least 1 chars long" },
        { "L2Advertisement", "v1beta1", """{"nodeSelectors":[{"matchExpressions":[{"key":"a","operator":"Near","values":["b"]}]}]}""", "Unsupported value: \"Near\"" },
        { "L2Advertisement", "v1beta1", """{"preferredNodeSelectors":[{"weight":0,"preference":{}}]}""", "should be greater than or equal to 1" },
        { "L2Advertisement", "v1beta1", """{"preferredNodeSelectors":[{"weight":101,"preference":{}}]}""", "should be less than or equal to 100" },
        { "L2Advertisement", "v1beta1", """{"preferredNodeSelectors":[{"weight":1}]}""", "spec.preferredNodeSelectors[0].preference: Required value" },
        { "L2Advertisement", "v1beta1", """{"preferredNodeSelectors":[{"weight":1,"preference":{"matchExpressions":[{"key":"a","operator":"NotIn"}]}}]}""", SelectorRefusal },
        { "L2Advertisement", "v1beta1", """{"failback":{"delay":"soon"}}""", "spec.failback.delay in body should match" },
        { "BGPAdvertisement", "v1beta1", """{"aggregationLength":0}""", "spec.aggregationLength in body should be greater than or equal to 1" },
        { "BGPAdvertisement", "v1beta1", """{"aggregationLength":33}""", "spec.aggregationLength in body should be less than or equal to 32" },
        { "BGPAdvertisement", "v1beta1", """{"aggregationLengthV6":-1}""", "spec.aggregationLengthV6 in body should be greater than or equal to 0" },
        { "BGPAdvertisement", "v1beta1", """{"aggregationLengthV6":129}""", "spec.aggregationLengthV6 in body should be less than or equal to 128" },
        { "BGPAdvertisement", "v1beta1", """{"localPref":4294967296}""", "spec.localPref in body should be less than or equal to 4294967295" },
        { "BGPAdvertisement", "v1beta1", """{"communities":["1:2:3"]}""", "must be N:M, large:A:B:C or the name of a community that a Community object defines" },
        { "BGPAdvertisement", "v1beta1", """{"communities":["1:2","1:2"]}""", "spec.communities[1]: Duplicate value" },
        { "BGPAdvertisement", "v1beta1", """{"serviceSelectors":[{}],"aggregationLength":24}""", "serviceSelectors cannot be combined with aggregation" },
        { "BGPAdvertisement", "v1beta1", """{"serviceSelectors":[{}],"aggregationLengthV6":64}""", "serviceSelectors cannot be combined with aggregation" },
        { "BGPAdvertisement", "v1beta1", """{"nodeSelectors":""" + SelectorWithoutValues + "}", SelectorRefusal },
        { "BGPAdvertisement", "v1beta1", """{"peers":["a","a"]}""", "spec.peers[1]: Duplicate value" },
        { "BGPPeer", "v1beta2", """{"peerASN":1,"peerAddress":"192.0.2.1"}""", "spec.myASN: Required value" },
        { "BGPPeer", "v1beta2", """{"myASN":0,"peerASN":1,"peerAddress":"192.0.2.1"}""", "spec.myASN in body should be greater than or equal to 1" },
        { "BGPPeer", "v1beta2", """{"myASN":4294967296,"peerASN":1,"peerAddress":"192.0.2.1"}""", "spec.myASN in body should be less than or equal to 4294967295" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerAddress":"192.0.2.1"}""", "give either peerASN or dynamicASN, and not both" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"dynamicASN":"external","peerAddress":"192.0.2.1"}""", "give either peerASN or dynamicASN, and not both" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"dynamicASN":"both","peerAddress":"192.0.2.1"}""", "Unsupported value: \"both\"" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2}""", "give either peerAddress or interface, and not both" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","interface":"eth0"}""", "give either peerAddress or interface, and not both" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"router"}""", "peerAddress must be an IPv4 or IPv6 address" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.0/33","passive":true}""", "peerAddress must be an IPv4 or IPv6 address, or a prefix" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.0/24"}""", "peers connect from a prefix by themselves: set passive to true" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.0/24","passive":false}""", "peers connect from a prefix by themselves: set passive to true" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","maxDynamicPeers":2}""", "maxDynamicPeers needs a prefix as peerAddress" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.0/24","passive":true,"maxDynamicPeers":0}""", "spec.maxDynamicPeers in body should be greater than or equal to 1" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","sourceAddress":"x"}""", "sourceAddress must be an IPv4 or IPv6 address" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","routerID":"2001:db8::1"}""", "routerID must be written as an IPv4 address" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","peerPort":0}""", "spec.peerPort in body should be greater than or equal to 1" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","peerPort":65536}""", "spec.peerPort in body should be less than or equal to 65535" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","holdTime":"2s"}""", "must be 0s (no hold timer) or at least 3s" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","holdTime":"soon"}""", "spec.holdTime in body should match" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","holdTime":"9s","keepaliveTime":"10s"}""", "keepaliveTime must not be greater than holdTime" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","connectTime":"0s"}""", "must be between 1s and 65535s" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","connectTime":"65536s"}""", "must be between 1s and 65535s" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","connectTime":"1500ms"}""", "must be whole seconds" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","password":"x","passwordSecret":{"name":"s"}}""", "give either password or passwordSecret, not both" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":1,"peerAddress":"192.0.2.1","ebgpMultiHop":true}""", "ebgpMultiHop is for external peers: myASN and peerASN are the same" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"dynamicASN":"internal","peerAddress":"192.0.2.1","ebgpMultiHop":true}""", "ebgpMultiHop is for external peers: dynamicASN is internal" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","nodeSelectors":""" + SelectorWithValues + "}", SelectorRefusal },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","peerPort":65536}""", "spec.peerPort in body should be less than or equal to 65535" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","ttlSecurityHops":2,"ebgpMultiHop":true}""", "give either ttlSecurityHops or ebgpMultiHop" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"interface":"eth0","passive":true}""", "a passive session needs peerAddress" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","restartTime":"60s"}""", "restartTime needs enableGracefulRestart" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","ttlSecurityHops":2,"ebgpMultiHop":true}""", "give either ttlSecurityHops or ebgpMultiHop" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"interface":"eth0","passive":true}""", "a passive session needs peerAddress" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","restartTime":"60s"}""", "restartTime needs enableGracefulRestart" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","ttlSecurityHops":0}""", "spec.ttlSecurityHops in body should be greater than or equal to 1" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","ttlSecurityHops":255}""", "spec.ttlSecurityHops in body should be less than or equal to 254" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","enableGracefulRestart":true,"restartTime":"4096s"}""", "must be between 1s and 4095s" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","enableGracefulRestart":true,"restartTime":"0s"}""", "must be between 1s and 4095s" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","enableGracefulRestart":true,"restartTime":"1500ms"}""", "must be whole seconds" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","enableGracefulRestart":true,"restartTime":"soon"}""", "spec.restartTime in body should match" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","longLivedStaleTime":"60s"}""", "longLivedStaleTime needs enableGracefulRestart" },
        { "BGPPeer", "v1beta1", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","enableGracefulRestart":true,"longLivedStaleTime":"16777216s"}""", "must be between 1s and 16777215s" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","maxReceivedPrefixes":0}""", "spec.maxReceivedPrefixes in body should be greater than or equal to 1" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","maxAnnouncedPrefixes":4294967296}""", "spec.maxAnnouncedPrefixes in body should be less than or equal to 4294967295" },
        { "BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","localASN":2}""", "localASN is shown to an external peer: it must not be peerASN" },
        { "BGPAdvertisement", "v1beta1", """{"med":-1}""", "spec.med in body should be greater than or equal to 0" },
        { "BGPAdvertisement", "v1beta1", """{"med":4294967296}""", "spec.med in body should be less than or equal to 4294967295" },
        { "BGPAdvertisement", "v1beta1", """{"asPathPrepend":11}""", "spec.asPathPrepend in body should be less than or equal to 10" },
        { "BGPAdvertisement", "v1beta1", """{"allowedServiceCommunities":["1:2:3"]}""", "must be N:M, large:A:B:C or the name of a community" },
        { "BGPAdvertisement", "v1beta1", """{"allowedServiceCommunities":["a","a"]}""", "spec.allowedServiceCommunities[1]: Duplicate value" },
        { "BGPAdvertisement", "v1beta1", """{"bandwidthPerEndpoint":"1Gi"}""", "spec.bandwidthPerEndpoint in body should match" },
        { "BGPAdvertisement", "v1beta1", """{"bandwidthPerEndpoint":"0.0G"}""", "must be more than none" },
        { "BFDProfile", "v1beta1", """{"receiveInterval":9}""", "spec.receiveInterval in body should be greater than or equal to 10" },
        { "BFDProfile", "v1beta1", """{"transmitInterval":60001}""", "spec.transmitInterval in body should be less than or equal to 60000" },
        { "BFDProfile", "v1beta1", """{"detectMultiplier":1}""", "spec.detectMultiplier in body should be greater than or equal to 2" },
        { "BFDProfile", "v1beta1", """{"detectMultiplier":256}""", "spec.detectMultiplier in body should be less than or equal to 255" },
        { "BFDProfile", "v1beta1", """{"echoInterval":9}""", "spec.echoInterval in body should be greater than or equal to 10" },
        { "BFDProfile", "v1beta1", """{"minimumTtl":0}""", "spec.minimumTtl in body should be greater than or equal to 1" },
        { "BFDProfile", "v1beta1", """{"minimumTtl":255}""", "spec.minimumTtl in body should be less than or equal to 254" },
        { "Community", "v1beta1", """{"communities":[{"name":"a"}]}""", "spec.communities[0].value: Required value" },
        { "Community", "v1beta1", """{"communities":[{"name":"a","value":"1:2:3"}]}""", "spec.communities[0].value in body should match" },
        { "Community", "v1beta1", """{"communities":[{"name":"a","value":"1:2"},{"name":"a","value":"1:3"}]}""", "spec.communities[1]: Duplicate value" },
        { "ServiceL2Status", "v1beta1", """{"node":"a"}""", "unknown field \"spec.node\"" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task Object_WithinTheRules_IsAccepted(string kind, string version, string spec)
    {
        var (code, body) = await product.TryAsync(kind, version, spec);
        Assert.True(code == 201, (string?)body["message"]);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Object_BreakingARule_IsRefusedWithASentence(string kind, string version, string spec, string expected)
    {
        var (code, body) = await product.TryAsync(kind, version, spec);
        Assert.NotEqual(201, code);
        Assert.Contains(expected, (string?)body["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_LongerThanItsBound_IsRefused()
    {
        var addresses = new JsonArray([.. Enumerable.Range(0, 1025).Select(i => (JsonNode)$"100.64.{i / 256}.{i % 256}/32")]);
        var (code, body) = await product.TryAsync("IPAddressPool", "v1beta1", "{\"addresses\":" + addresses.ToJsonString() + "}");
        Assert.Equal(422, code);
        Assert.Contains("spec.addresses: Too many: 1025: must have at most 1024 items", (string?)body["message"], StringComparison.Ordinal);
        addresses.RemoveAt(0);
        Assert.Equal(201, (await product.TryAsync("IPAddressPool", "v1beta1", "{\"addresses\":" + addresses.ToJsonString() + "}")).Code);
    }

    [Theory]
    [InlineData("IPAddressPool", "v1beta1", """{"addresses":["192.0.2.0/24"]}""", """{"addresses":["192.0.2.0/24"],"autoAssign":true,"avoidBuggyIPs":false}""")]
    [InlineData("L2Advertisement", "v1beta1", "{}", "{}")]
    [InlineData("L2Advertisement", "v1beta1", """{"failback":{}}""", """{"failback":{"enabled":false,"delay":"30s"}}""")]
    [InlineData("BGPAdvertisement", "v1beta1", "{}", """{"aggregationLength":32,"aggregationLengthV6":128}""")]
    [InlineData("BGPPeer", "v1beta2", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1"}""", """{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","peerPort":179,"disableMP":false,"dualStackAddressFamily":false}""")]
    [InlineData("BFDProfile", "v1beta1", "{}", "{}")]
    public async Task Object_LeavingFieldsOut_GetsTheirDefaults(string kind, string version, string spec, string expected)
    {
        var (code, body) = await product.TryAsync(kind, version, spec);
        Assert.Equal(201, code);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), body["spec"]), body["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task GracefulRestart_OnceSet_CannotChange()
    {
        var peers = Product.PathOf("bgppeers", "v1beta2");
        var peer = JsonNode.Parse("""{"metadata":{"name":"graceful"},"spec":{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1","enableGracefulRestart":true}}""")!;
        Assert.Equal(201, (await product.Server.PostAsync(peers, peer)).Code);
        var (code, body) = await product.Server.PatchAsync(peers + "/graceful", """{"spec":{"enableGracefulRestart":false}}""");
        Assert.Equal(422, code);
        Assert.Contains("enableGracefulRestart cannot be changed: delete the BGPPeer and create it again", (string?)body["message"], StringComparison.Ordinal);
        Assert.Equal(200, (await product.Server.PatchAsync(peers + "/graceful", """{"spec":{"peerPort":1179}}""")).Code);
    }

    [Theory]
    [InlineData("servicel2statuses", "node", "node cannot be changed")]
    [InlineData("servicel2statuses", "serviceName", "serviceName cannot be changed")]
    [InlineData("servicel2statuses", "serviceNamespace", "serviceNamespace cannot be changed")]
    [InlineData("servicebgpstatuses", "node", "node cannot be changed")]
    [InlineData("servicebgpstatuses", "serviceName", "serviceName cannot be changed")]
    [InlineData("servicebgpstatuses", "serviceNamespace", "serviceNamespace cannot be changed")]
    public async Task StatusObject_OnceWritten_KeepsWhomItIsAbout(string plural, string field, string expected)
    {
        var name = "kept-" + field.ToLowerInvariant();
        var path = Product.PathOf(plural) + "/" + name;
        Assert.Equal(201, (await product.Server.PostAsync(Product.PathOf(plural), new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } })).Code);
        Assert.Equal(200, (await product.Server.PatchAsync(path + "/status", StatusOf("a"))).Code);
        var (code, body) = await product.Server.PatchAsync(path + "/status", StatusOf("b"));
        Assert.Equal(422, code);
        Assert.Contains(expected, (string?)body["message"], StringComparison.Ordinal);

        string StatusOf(string value) => new JsonObject { ["status"] = new JsonObject { [field] = value } }.ToJsonString();
    }

    [Theory]
    [InlineData("""{"type":"Accepted","status":"True","reason":"Ok","message":"","lastTransitionTime":"2026-01-02T03:04:05Z"}""", 200)]
    [InlineData("""{"type":"Accepted","status":"Maybe","reason":"Ok","message":"","lastTransitionTime":"2026-01-02T03:04:05Z"}""", 422)]
    [InlineData("""{"type":"Accepted","status":"True","reason":"","message":"","lastTransitionTime":"2026-01-02T03:04:05Z"}""", 422)]
    [InlineData("""{"type":"Accepted","status":"True","reason":"two words","message":"","lastTransitionTime":"2026-01-02T03:04:05Z"}""", 422)]
    [InlineData("""{"type":"Accepted","status":"True","reason":"Ok","message":"","lastTransitionTime":"yesterday"}""", 422)]
    [InlineData("""{"type":"not this","status":"True","reason":"Ok","message":"","lastTransitionTime":"2026-01-02T03:04:05Z"}""", 422)]
    public async Task Condition_OfAPool_IsJudged(string condition, int expected)
    {
        var pools = Product.PathOf("ipaddresspools");
        await product.Server.PostAsync(pools, JsonNode.Parse("""{"metadata":{"name":"judged"},"spec":{"addresses":["192.0.2.0/24"]}}""")!);
        var (code, body) = await product.Server.PatchAsync(pools + "/judged/status?dryRun=All", """{"status":{"conditions":[""" + condition + "]}}");
        Assert.True(code == expected, body.ToJsonString());
    }

    [Fact]
    public async Task Peer_WrittenInTheOlderVersion_IsReadInTheNewer()
    {
        var peer = JsonNode.Parse("""{"metadata":{"name":"older"},"spec":{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1"}}""")!;
        Assert.Equal(201, (await product.Server.PostAsync(Product.PathOf("bgppeers"), peer)).Code);
        var (code, newer) = await product.Server.GetAsync(Product.PathOf("bgppeers", "v1beta2") + "/older");
        Assert.Equal((200, "metallb.io/v1beta2"), (code, (string?)newer["apiVersion"]));
    }
}
