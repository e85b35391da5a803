// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd;

/// <summary>The daemon cannot begin; the message says why and what to do.</summary>
internal sealed class VipdStartException(string message) : Exception(message);
