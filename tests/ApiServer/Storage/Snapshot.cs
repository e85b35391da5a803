// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace LoadBalancer.ApiServer.Storage;

/// <summary>A consistent view of one resource at one revision.</summary>
public sealed record Snapshot(long Revision, long Position, ImmutableSortedDictionary<string, StoredObject> Objects);
