// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>A field that differs, and whether the object must be made anew for it.</summary>
internal readonly record struct FieldChange(string Path, bool Restarts);

/// <summary>
/// The fields of one kind of object, each with its key, how it is read and written and what a change of it means.
/// Reader, writer, suggestions and the difference of two versions all come from this one list.
/// </summary>
internal sealed class Schema<T>(T defaults, string noun) : Codec<T>
    where T : class
{
    private readonly List<Field> _fields = [];
    private readonly Dictionary<string, Field> _byKey = new(StringComparer.Ordinal);
    private Field? _shorthand;

    /// <summary>Every key, in the order in which they are written.</summary>
    public IEnumerable<string> Keys => _byKey.Keys;

    /// <summary>Adds a field; one that is <paramref name="restarts"/> cannot be changed under a running object.</summary>
    public Schema<T> Add<TValue>(string key, Codec<TValue> codec, Func<T, TValue> get, Func<T, TValue, T> set, bool restarts = false)
    {
        Field<TValue> field = new(key, codec, get, set, restarts, defaults);
        _fields.Add(field);
        _byKey.Add(key, field);
        return this;
    }

    /// <summary>An object with nothing but this field may be written as the field's value alone.</summary>
    public Schema<T> Shorthand(string key)
    {
        _shorthand = _byKey[key];
        return this;
    }

    public override bool TryRead(YamlNode node, ReadContext context, string path, [MaybeNullWhen(false)] out T value)
    {
        value = defaults;
        if (_shorthand is not null && node is YamlScalar { IsNull: false })
            return _shorthand.TryRead(ref value, node, context, path);
        if (node is not YamlMapping mapping)
            return context.Refuse(node, path, $"holds {node.Noun}: write {noun} as a mapping of keys and values");
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach ((YamlScalar key, YamlNode entry) in mapping.Entries)
        {
            string place = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
            if (!_byKey.TryGetValue(key.Value, out Field? field))
                context.Refuse(key, place, $"is not known{NearestWord.Hint(key.Value, _byKey.Keys)}: correct or remove it");
            else if (!seen.Add(key.Value))
                context.Refuse(key, place, "is there twice: remove one");
            else
            {
                context.Locate(place, entry);
                field.TryRead(ref value, entry, context, place);
            }
        }

        return true;
    }

    public override YamlNode Write(T value)
    {
        List<(YamlScalar, YamlNode)> entries = [];
        foreach (Field field in _fields)
            if (field.Write(value) is { } node)
                entries.Add((new YamlScalar(field.Key, quoted: false), node));
        bool alone = entries.Count == 1 && _shorthand is not null && entries[0].Item1.Value == _shorthand.Key;
        return alone ? entries[0].Item2 : new YamlMapping(entries);
    }

    public override void Compare(T before, T after, string path, List<FieldChange> changes)
    {
        foreach (Field field in _fields)
            field.Compare(before, after, path.Length == 0 ? field.Key : $"{path}.{field.Key}", changes);
    }

    private abstract class Field(string key)
    {
        public string Key { get; } = key;

        public abstract bool TryRead(ref T value, YamlNode node, ReadContext context, string path);

        public abstract YamlNode? Write(T value);

        public abstract void Compare(T before, T after, string path, List<FieldChange> changes);
    }

    private sealed class Field<TValue>(string key, Codec<TValue> codec, Func<T, TValue> get, Func<T, TValue, T> set, bool restarts, T defaults) : Field(key)
    {
        public override bool TryRead(ref T value, YamlNode node, ReadContext context, string path)
        {
            bool read = codec.TryRead(node, context, path, out TValue? found);
            if (read)
                value = set(value, found!);
            return read;
        }

        public override YamlNode? Write(T value)
        {
            TValue held = get(value);
            return EqualityComparer<TValue>.Default.Equals(held, get(defaults)) ? null : codec.Write(held);
        }

        public override void Compare(T before, T after, string path, List<FieldChange> changes)
        {
            int first = changes.Count;
            codec.Compare(get(before), get(after), path, changes);
            for (int i = first; restarts && i < changes.Count; i++)
                changes[i] = changes[i] with { Restarts = true };
        }
    }
}
