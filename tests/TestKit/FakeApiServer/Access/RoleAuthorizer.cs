using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Access;

/// <summary>Role-based access control over the roles and bindings that are stored, as they are at the moment of asking.</summary>
internal sealed class RoleAuthorizer(ApiState state)
{
    private const string Group = "rbac.authorization.k8s.io";

    // What every cluster grants by system:discovery and system:public-info-viewer.
    private static readonly ImmutableArray<string> OpenToAll = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
    private static readonly ImmutableArray<string> OpenToAuthenticated = ["/api", "/apis", "/openapi", .. OpenToAll];

    /// <exception cref="ApiFailureException">403, with what was wanted.</exception>
    public void RefuseUnlessAllowed(ApiUser user, Attributes wanted)
    {
        if (!IsAllowed(user, wanted, out var errors))
        {
            throw Forbidden(user, wanted, errors);
        }
    }

    public bool IsAllowed(ApiUser user, Attributes wanted, out ImmutableArray<string> errors)
    {
        var found = new List<string>();
        var allowed = user.IsMaster
            || (wanted.Resource.Length == 0 && IsOpen(user, wanted))
            || Rules(user, wanted.Namespace, found).Any(rule => Allows(rule, wanted));
        errors = [.. found];
        return allowed;
    }

    private static bool IsOpen(ApiUser user, Attributes wanted)
    {
        var paths = user.Groups.Contains(ApiUser.Authenticated) ? OpenToAuthenticated : OpenToAll;

        return wanted.Verb == "get" && paths.Any(path => wanted.Path == path || wanted.Path.StartsWith($"{path}/", StringComparison.Ordinal));
    }

    private IEnumerable<JsonNode> Rules(ApiUser user, string ns, List<string> errors)
    {
        var bindings = state.Store.Now.In($"{Group}/clusterrolebindings").Values
            .Concat(ns.Length == 0 ? [] : state.Store.Now.In($"{Group}/rolebindings").Values.Where(binding => binding.Key.Namespace == ns));

        foreach (var binding in bindings.Where(binding => binding.Content.Items("subjects").Any(subject => Is(user, subject, binding.Key.Namespace))))
        {
            var (kind, name) = (binding.Content.Text("roleRef", "kind"), binding.Content.Text("roleRef", "name"));
            var (plural, key) = kind == "Role" ? ("roles", new ObjectKey(binding.Key.Namespace, name)) : ("clusterroles", new ObjectKey("", name));

            if (state.Store.Now.Find($"{Group}/{plural}", key) is not { } role)
            {
                errors.Add($"{kind.ToLowerInvariant()}.{Group} \"{name}\" not found");
                continue;
            }

            foreach (var rule in role.Content.Items("rules"))
            {
                yield return rule;
            }
        }
    }

    private static bool Is(ApiUser user, JsonNode subject, string bindingNamespace) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == user.Name,
        "Group" => user.Groups.Contains(subject.Text("name")),
        "ServiceAccount" => user.Name == $"system:serviceaccount:{(subject.Text("namespace") is { Length: > 0 } own ? own : bindingNamespace)}:{subject.Text("name")}",
        _ => false,
    };

    private static bool Allows(JsonNode rule, Attributes wanted) => wanted.Resource.Length == 0
        ? Names(rule, "verbs", wanted.Verb) && rule.Texts("nonResourceURLs").Any(url => Covers(url, wanted.Path))
        : Names(rule, "verbs", wanted.Verb)
            && Names(rule, "apiGroups", wanted.Group)
            && (Names(rule, "resources", wanted.Resource) || NamesSubresource(rule, wanted.Resource))
            && (!rule.Texts("resourceNames").Any() || rule.Texts("resourceNames").Contains(wanted.Name));

    private static bool Names(JsonNode rule, string field, string value) => rule.Texts(field).Any(named => named == "*" || named == value);

    private static bool NamesSubresource(JsonNode rule, string resource) =>
        resource.Split('/') is [_, var subresource] && rule.Texts("resources").Contains($"*/{subresource}");

    private static bool Covers(string url, string path) => url == path || (url.EndsWith('*') && path.StartsWith(url[..^1], StringComparison.Ordinal));

    private static ApiFailureException Forbidden(ApiUser user, Attributes wanted, ImmutableArray<string> errors)
    {
        var because = errors.IsEmpty ? "" : $": RBAC: {(errors.Length == 1 ? errors[0] : $"[{string.Join(", ", errors)}]")}";
        if (wanted.Resource.Length == 0)
        {
            return new ApiFailureException(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {wanted.Verb} path \"{wanted.Path}\"{because}") { Details = [] };
        }

        var plural = wanted.Resource.Split('/')[0];
        var qualified = wanted.Group.Length == 0 ? plural : $"{plural}.{wanted.Group}";
        var subject = wanted.Name.Length == 0 ? qualified : $"{qualified} \"{wanted.Name}\"";
        var scope = wanted.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{wanted.Namespace}\"";
        var details = new JsonObject();
        if (wanted.Name.Length > 0)
        {
            details["name"] = wanted.Name;
        }

        if (wanted.Group.Length > 0)
        {
            details["group"] = wanted.Group;
        }

        details["kind"] = plural;
        return new ApiFailureException(
            403, "Forbidden",
            $"{subject} is forbidden: User \"{user.Name}\" cannot {wanted.Verb} resource \"{wanted.Resource}\" in API group \"{wanted.Group}\" {scope}{because}")
        {
            Details = details,
        };
    }
}
