// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>A statement while its values are taken; what does not hold is reported at its line and the value before stays.</summary>
internal readonly struct Entry(Statement statement, string path, ProblemList problems)
{
    public Statement Statement { get; } = statement;

    public string Path { get; } = path;

    public string Keyword => Statement.Keyword;

    public IReadOnlyList<string> Words => Statement.Words;

    public ProblemList Problems => problems;

    public void Refuse(string message) => problems.Add(ProblemKind.Error, Statement.At, Path, $"{Keyword} {message}");

    public void Warn(string message) => problems.Add(ProblemKind.Warning, Statement.At, Path, $"{Keyword} {message}");

    public void Ignore(string message) => problems.Add(ProblemKind.Ignored, Statement.At, Path, $"{Keyword} {message}");

    /// <summary>A word, or empty (and reported) when there is none.</summary>
    public string Text(int index = 0)
    {
        if (index < Words.Count)
            return Words[index];
        Refuse("has no value: give one or remove the line");
        return "";
    }

    /// <summary>The words as they stood, for what may be written with or without quotes.</summary>
    public string AllWords() => string.Join(' ', Words);

    public int Number(int least, int most, int otherwise, int index = 0)
    {
        string text = Text(index);
        if (text.Length == 0)
            return otherwise;
        if (!text.AsSpan(text[0] == '-' ? 1 : 0).ContainsAnyExceptInRange('0', '9')
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        Refuse($"is \"{text}\": use a whole number from {least} to {most}");
        return otherwise;
    }

    public uint Mark(uint otherwise, int index = 0)
    {
        string text = Text(index);
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (uint.TryParse(hex ? text.AsSpan(2) : text, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            return number;
        Refuse($"is \"{text}\": use a number from 0 to 4294967295");
        return otherwise;
    }

    /// <summary>A time in units of <paramref name="unit"/>, with decimals.</summary>
    public TimeSpan Time(TimeSpan unit, double most, TimeSpan otherwise, int index = 0)
    {
        string text = Text(index);
        if (text.Length == 0)
            return otherwise;
        if (text.Length < 20 && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number <= (decimal)most)
            return new((long)(number * unit.Ticks));
        Refuse($"is \"{text}\": use a number from 0 to {most.ToString(CultureInfo.InvariantCulture)} of {(unit == TimeSpan.FromSeconds(1) ? "seconds" : "milliseconds")}");
        return otherwise;
    }

    public TimeSpan Seconds(double most, TimeSpan otherwise, int index = 0) => Time(TimeSpan.FromSeconds(1), most, otherwise, index);

    /// <summary>on, true, yes and their opposites; the keyword alone means on.</summary>
    public bool Flag(bool otherwise = true)
    {
        if (Words.Count == 0)
            return true;
        switch (Words[0].ToUpperInvariant())
        {
            case "ON" or "TRUE" or "YES":
                return true;
            case "OFF" or "FALSE" or "NO":
                return false;
            default:
                Refuse($"is \"{Words[0]}\": use on or off");
                return otherwise;
        }
    }

    public IpAddr? Address(int index = 0)
    {
        string text = Text(index);
        if (text.Length == 0)
            return null;
        if (IpAddr.TryParse(text, out IpAddr address))
            return address;
        Refuse($"has \"{text}\" where an address must be: correct it");
        return null;
    }

    /// <summary>User and group after a program; empty where not given.</summary>
    public (string User, string Group) Account(int index) =>
        (index < Words.Count ? Words[index] : "", index + 1 < Words.Count ? Words[index + 1] : "");

    /// <summary>A program in one word, with its arguments in it.</summary>
    public ValueList<string> Command(int index = 0) => Lexer.Command(Text(index));

    /// <summary>The statements of the block; none, and reported, when there is no block.</summary>
    public IReadOnlyList<Statement> Block()
    {
        if (Statement.Block is { } block)
            return block;
        Refuse("needs its lines between { and }");
        return [];
    }

    public Entry At(Statement inner, int index) => new(inner, $"{Path}[{index}]", problems);
}
