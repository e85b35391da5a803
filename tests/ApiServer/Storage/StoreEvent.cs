// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Storage;

/// <summary>A committed change: no previous = added, removed = the last state of a deleted object.</summary>
public sealed record StoreEvent(long Revision, StoredObject? Previous, StoredObject Current, bool Removed);
