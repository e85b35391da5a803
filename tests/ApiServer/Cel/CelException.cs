// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Cel;

/// <summary>A rule that does not compile or an evaluation that fails.</summary>
public sealed class CelException(string message) : Exception(message);
