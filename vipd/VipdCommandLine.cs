// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace LoadBalancer.Vipd;

/// <summary>The verbs of <c>vipd</c> and their flags.</summary>
internal static class VipdCommandLine
{
    public static RootCommand Create()
    {
        RootCommand root = new("Keeps virtual addresses on exactly one of the nodes that share them, by VRRP.");
        VipdFlags flags = new();
        flags.AddTo(root);
        return root;
    }
}
