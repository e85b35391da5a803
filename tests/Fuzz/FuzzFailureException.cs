// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Fuzz;

/// <summary>A target broke a rule; the message holds the input.</summary>
internal sealed class FuzzFailureException(string message, Exception inner) : Exception(message, inner);
