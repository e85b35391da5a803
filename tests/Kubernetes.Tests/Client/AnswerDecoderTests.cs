// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Tests.Client;

public sealed class AnswerDecoderTests
{
    [Theory]
    [InlineData("{\"type\":5,\"object\":{}}")]
    [InlineData("{\"type\":\"ADDED\"}")]
    [InlineData("{\"type\":\"\\ud800\"}")]
    [InlineData("{\"object\":{}}")]
    [InlineData("{\"type\":\"BOOKMARK\",\"object\":7}")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\":5}}")]
    public void Watch_Malformed_IsKnownAsSuch(string line) =>
        Assert.True(AnswerDecoder.IsMalformed(Assert.ThrowsAny<Exception>(() => AnswerDecoder.Watch(Encoding.UTF8.GetBytes(line), Kinds.Service))));

    [Fact]
    public void Answers_RandomlyDamaged_AreReadOrKnownAsMalformed()
    {
        var random = new Random(11);
        var list = Encoding.UTF8.GetBytes(Samples.List("10", "t", Samples.Service("a", "u1", "1"), Samples.Service("b", "u2", "2")));
        var line = Encoding.UTF8.GetBytes(Samples.Event("MODIFIED", Samples.Service("a", "u1", "1")));
        for (var i = 0; i < 20_000; i++)
        {
            Damaged(list, random, static octets => AnswerDecoder.List(octets, Kinds.Service));
            Damaged(line, random, static octets => AnswerDecoder.Watch(octets, Kinds.Service));
            Damaged(line, random, static octets => AnswerDecoder.Status(octets));
        }
    }

    [Fact]
    public void Object_UnknownAndBulkyFields_AreNotKept()
    {
        const string Text = """
            {"metadata":{"name":"a","labels":{"app":"x"},"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","keep":"1"},"managedFields":[{}]},
             "spec":{"clusterIPs":null,"ports":[{"port":80}],"unknown":{"deep":[1,2]}},"status":null}
            """;
        var service = AnswerDecoder.Object(Encoding.UTF8.GetBytes(Text), Kinds.Service);
        Assert.Equal("keep", Assert.Single(service.Metadata.Annotations).Key);
        Assert.Empty(service.Spec.ClusterIPs);
        Assert.Equal("TCP", service.Spec.Ports[0].Protocol);
        Assert.Empty(service.Status.LoadBalancer.Ingress);
        var again = AnswerDecoder.Object(Encoding.UTF8.GetBytes(Text), Kinds.Service);
        Assert.Same(service.Metadata.Labels.Keys.First(), again.Metadata.Labels.Keys.First());
    }

    private static void Damaged(byte[] whole, Random random, Action<byte[]> read)
    {
        var octets = whole[..random.Next(whole.Length / 2, whole.Length + 1)];
        for (var hits = random.Next(4); hits >= 0; hits--) octets[random.Next(octets.Length)] = (byte)random.Next(256);
        try
        {
            read(octets);
        }
        catch (Exception fault) when (fault is not ApiException)
        {
            Assert.True(AnswerDecoder.IsMalformed(fault), fault.ToString());
        }
    }
}
