using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>Changes of header fields, ready to be done: set, then added, then removed.</summary>
internal sealed class HeaderEdits
{
    private readonly ImmutableArray<KeyValuePair<string, StringValues>> set;
    private readonly ImmutableArray<KeyValuePair<string, StringValues>> add;
    private readonly ImmutableArray<string> remove;
    private readonly FrozenSet<string> withHyphen;

    private HeaderEdits(HeaderChanges changes)
    {
        set = [.. changes.Set.Select(field => KeyValuePair.Create(field.Name, new StringValues(field.Value)))];
        add = [.. changes.Add.Select(field => KeyValuePair.Create(field.Name, new StringValues(field.Value)))];
        remove = changes.Remove;
        withHyphen = changes.Set.Concat(changes.Add).Select(field => field.Name).Concat(changes.Remove)
            .Where(name => name.Contains('-', StringComparison.Ordinal))
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Null when there is nothing to do.</summary>
    public static HeaderEdits? Of(HeaderChanges? changes) => changes is null ? null : new HeaderEdits(changes);

    /// <summary>
    /// Also takes away what looks like a field that the rule decides: behind some servers <c>X_User</c> from a client would be <c>X-User</c> from the rule.
    /// </summary>
    public void ApplyToRequest(IHeaderDictionary headers)
    {
        if (withHyphen.Count > 0)
        {
            foreach (var name in LookAlikes(headers))
            {
                headers.Remove(name);
            }
        }

        Apply(headers);
    }

    public void Apply(IHeaderDictionary headers)
    {
        foreach (var (name, value) in set)
        {
            headers[name] = value;
        }

        foreach (var (name, value) in add)
        {
            headers[name] = StringValues.Concat(headers[name], value);
        }

        foreach (var name in remove)
        {
            headers.Remove(name);
        }
    }

    private List<string> LookAlikes(IHeaderDictionary headers)
    {
        var found = new List<string>();
        foreach (var (name, _) in headers)
        {
            if (name.Contains('_', StringComparison.Ordinal) && withHyphen.Contains(name.Replace('_', '-')))
            {
                found.Add(name);
            }
        }

        return found;
    }
}
