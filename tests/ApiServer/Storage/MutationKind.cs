// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Storage;

/// <summary>The closed set of outcomes of a write.</summary>
public enum MutationKind
{
    Keep,
    Put,
    Remove,
}
