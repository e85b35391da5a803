// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.ApiServer.Resources;

/// <summary>The kinds every cluster has, one a line: group/version, names, scope, traits.</summary>
public static class BuiltinResources
{
    /// <summary>Columns: apiVersion, kind, plural, short names, traits (n = namespaced, s = status, g = generation, k = keeps status at creation, a = in category "all").</summary>
    public static readonly IReadOnlyList<string> Table =
    [
        "v1 Namespace namespaces ns s",
        "v1 Node nodes no sk",
        "v1 Service services svc nsa",
        "v1 Endpoints endpoints ep n",
        "v1 Pod pods po nsa",
        "v1 ConfigMap configmaps cm n",
        "v1 Secret secrets - n",
        "v1 Event events ev n",
        "v1 ServiceAccount serviceaccounts sa n",
        "apps/v1 Deployment deployments deploy nsga",
        "apps/v1 DaemonSet daemonsets ds nsga",
        "apps/v1 ReplicaSet replicasets rs nsga",
        "policy/v1 PodDisruptionBudget poddisruptionbudgets pdb nsg",
        "scheduling.k8s.io/v1 PriorityClass priorityclasses pc -",
        "discovery.k8s.io/v1 EndpointSlice endpointslices - n",
        "coordination.k8s.io/v1 Lease leases - n",
        "rbac.authorization.k8s.io/v1 Role roles - n",
        "rbac.authorization.k8s.io/v1 RoleBinding rolebindings - n",
        "rbac.authorization.k8s.io/v1 ClusterRole clusterroles - -",
        "rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings - -",
        "apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions crd,crds sg",
        "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration validatingwebhookconfigurations - g",
        "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration mutatingwebhookconfigurations - g",
        "networking.k8s.io/v1 Ingress ingresses ing nsg",
        "networking.k8s.io/v1 IngressClass ingressclasses - g",
        "networking.k8s.io/v1 NetworkPolicy networkpolicies netpol ng",
        "batch/v1 Job jobs - nsga",
    ];
}
