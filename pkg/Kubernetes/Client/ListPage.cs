// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>An object that is there but cannot be read; the problem is a sentence.</summary>
public readonly record struct UnreadableObject(ObjectMeta Metadata, string Problem);

/// <summary>One page of a list, or, when Continue is empty, its end.</summary>
public sealed class ListPage<T>
    where T : class, IKubeObject
{
    public List<T> Items { get; } = [];

    /// <summary>Objects whose content does not decode: the rest of the list is good all the same.</summary>
    public List<UnreadableObject> Unreadable { get; } = [];

    /// <summary>The version a watch continues from.</summary>
    public string ResourceVersion { get; internal set; } = "";

    public string Continue { get; internal set; } = "";
}

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing changed; only ResourceVersion is meant.</summary>
    Bookmark,

    /// <summary>An event whose object does not decode; Problem says why.</summary>
    Unreadable,
}

/// <summary>One event of a watch. An ERROR event is no event: it ends the watch with an <see cref="ApiException"/>.</summary>
public readonly record struct WatchEvent<T>(WatchEventType Type, T? Item, string ResourceVersion, string? Problem = null)
    where T : class, IKubeObject;
