// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig;

/// <summary>What objects may be called, in every door alike.</summary>
internal static class ObjectName
{
    public const string Rule = "use up to 255 letters, digits and marks without blanks";

    private const int Longest = 255;

    public static bool IsValid(string text)
    {
        foreach (char letter in text)
            if (char.IsWhiteSpace(letter) || char.IsControl(letter))
                return false;
        return text.Length is > 0 and <= Longest;
    }
}
