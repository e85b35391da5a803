// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Kubernetes;

internal static class MonoClock
{
    internal static MonoTime Now(this TimeProvider time) => MonoTime.FromTimestamp(time.GetTimestamp(), time.TimestampFrequency);
}
