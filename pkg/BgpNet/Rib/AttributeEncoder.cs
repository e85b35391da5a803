// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>The attributes as they go out under some terms, without next hop; each is encoded when it is first asked for.</summary>
internal sealed class AttributeEncoder(AttributeStore store, ExportTerms terms)
{
    private byte[]?[] _octets = new byte[16][];

    public bool EncodesAs(ExportTerms other) =>
        other.Internal == terms.Internal && other.LocalAs == terms.LocalAs && other.FourOctetAs == terms.FourOctetAs;

    public byte[] Octets(int id)
    {
        byte[]?[] octets = _octets;
        return id < octets.Length && octets[id] is { } known ? known : Encode(id);
    }

    public void Forget(int id)
    {
        if (id < _octets.Length)
        {
            _octets[id] = null;
        }
    }

    private byte[] Encode(int id)
    {
        if (id >= _octets.Length)
        {
            Array.Resize(ref _octets, Math.Max(id + 1, _octets.Length * 2));
        }

        byte[] octets = AttributeSet.Encode(terms.Export(store[id]), terms.FourOctetAs);
        _octets[id] = octets;
        return octets;
    }
}
