// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>Reads and writes one kind of value; what it writes it reads as the same value.</summary>
internal abstract class Codec<T>
{
    public abstract bool TryRead(YamlNode node, ReadContext context, string path, [MaybeNullWhen(false)] out T value);

    public abstract YamlNode Write(T value);

    /// <summary>Keys and fields in which the values differ; a value without fields has none.</summary>
    public virtual void Compare(T before, T after, string path, List<FieldChange> changes)
    {
        if (!EqualityComparer<T>.Default.Equals(before, after))
            changes.Add(new(path, Restarts: false));
    }
}

/// <summary>A value written as one word or text.</summary>
internal sealed class WordCodec<T>(string expected, WordCodec<T>.Reader read, Func<T, string> write, bool text = false, bool secret = false) : Codec<T>
{
    public delegate bool Reader(string word, [MaybeNullWhen(false)] out T value);

    public override bool TryRead(YamlNode node, ReadContext context, string path, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not YamlScalar scalar || scalar.IsNull)
            return context.Refuse(node, path, $"holds {node.Noun}: write {expected}");
        return read(scalar.Value, out value)
            || context.Refuse(node, path, secret ? $"is refused: write {expected}" : $"is \"{Shown(scalar.Value)}\": write {expected}");
    }

    public override YamlNode Write(T value)
    {
        string word = write(value);
        return new YamlScalar(word, text && LooksLikeSomethingElse(word));
    }

    private static bool LooksLikeSomethingElse(string word) =>
        word is "" or "~" || char.IsAsciiDigit(word[0]) || word.ToUpperInvariant() is "NULL" or "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF";

    private static string Shown(string word) => word.Length <= 80 ? word : word[..80] + "...";
}

/// <summary>A list of values.</summary>
internal sealed class ListCodec<T>(Codec<T> item, int most = 100_000) : Codec<ValueList<T>>
{
    public override bool TryRead(YamlNode node, ReadContext context, string path, out ValueList<T> value)
    {
        value = [];
        if (node is not YamlSequence sequence)
            return context.Refuse(node, path, $"holds {node.Noun}: write a list, one line each beginning with a dash");
        if (sequence.Items.Count > most)
            return context.Refuse(node, path, $"has {sequence.Items.Count} entries: at most {most} are possible");
        List<T> items = new(sequence.Items.Count);
        bool whole = true;
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            string place = $"{path}[{i}]";
            context.Locate(place, sequence.Items[i]);
            if (item.TryRead(sequence.Items[i], context, place, out T? read))
                items.Add(read);
            else
                whole = false;
        }

        value = new(items.ToArray());
        return whole;
    }

    public override YamlNode Write(ValueList<T> value)
    {
        List<YamlNode> items = new(value.Count);
        foreach (T one in value)
            items.Add(item.Write(one));
        return new YamlSequence(items);
    }
}

/// <summary>A value that may be missing; a missing one is not written.</summary>
internal sealed class OptionalCodec<T>(Codec<T> codec) : Codec<T?>
    where T : struct
{
    public override bool TryRead(YamlNode node, ReadContext context, string path, out T? value)
    {
        bool read = codec.TryRead(node, context, path, out T found);
        value = read ? found : null;
        return read;
    }

    public override YamlNode Write(T? value) => codec.Write(value!.Value);
}

/// <summary>An object that may be missing.</summary>
internal sealed class OptionalObjectCodec<T>(Codec<T> codec) : Codec<T?>
    where T : class
{
    public override bool TryRead(YamlNode node, ReadContext context, string path, out T? value) => codec.TryRead(node, context, path, out value);

    public override YamlNode Write(T? value) => codec.Write(value!);

    public override void Compare(T? before, T? after, string path, List<FieldChange> changes)
    {
        if (before is not null && after is not null)
            codec.Compare(before, after, path, changes);
        else
            base.Compare(before, after, path, changes);
    }
}

/// <summary>Objects by name: a mapping whose keys are the names.</summary>
internal sealed class NamedCodec<T>(Schema<T> schema, Func<T, string> name, Func<T, string, T> rename) : Codec<ValueList<T>>
    where T : class
{
    public override bool TryRead(YamlNode node, ReadContext context, string path, out ValueList<T> value)
    {
        value = [];
        if (node is not YamlMapping mapping)
            return context.Refuse(node, path, $"holds {node.Noun}: write a mapping from each name to what it means");
        HashSet<string> names = new(StringComparer.Ordinal);
        List<T> items = new(mapping.Entries.Count);
        foreach ((YamlScalar key, YamlNode entry) in mapping.Entries)
        {
            string place = $"{path}.{key.Value}";
            if (!ObjectName.IsValid(key.Value))
                context.Refuse(key, path, $"has a name that is empty, has blanks or is too long: {ObjectName.Rule}");
            else if (!names.Add(key.Value))
                context.Refuse(key, place, "is there twice: rename or remove one");
            else
            {
                context.Locate(place, key);
                YamlNode body = entry is YamlScalar { IsNull: true } ? new YamlMapping([]) { Line = key.Line, Column = key.Column } : entry;
                if (schema.TryRead(body, context, place, out T? item))
                    items.Add(rename(item, key.Value));
            }
        }

        value = new(items.ToArray());
        return true;
    }

    public override YamlNode Write(ValueList<T> value)
    {
        List<(YamlScalar, YamlNode)> entries = new(value.Count);
        foreach (T item in value)
            entries.Add((new YamlScalar(name(item), quoted: false), schema.Write(item)));
        return new YamlMapping(entries);
    }
}
