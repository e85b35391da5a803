// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Speaker;

/// <summary>The speaker cannot start as it was told to; the message says what to change.</summary>
internal sealed class SpeakerStartException(string message, Exception? inner = null) : Exception(message, inner);
