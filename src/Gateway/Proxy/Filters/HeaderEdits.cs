using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Requests;

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

        Apply(headers, Continued);
    }

    /// <summary>What is added to a response gets a line of its own, as cookies must have it.</summary>
    public void ApplyToResponse(IHeaderDictionary headers) => Apply(headers, StringValues.Concat);

    private void Apply(IHeaderDictionary headers, Func<StringValues, StringValues, StringValues> added)
    {
        foreach (var (name, value) in set)
        {
            headers[name] = value;
        }

        foreach (var (name, value) in add)
        {
            headers[name] = IsCookie(name) ? StringValues.Concat(headers[name], value) : added(headers[name], value);
        }

        foreach (var name in remove)
        {
            headers.Remove(name);
        }
    }

    // One value with commas, as Gateway API shows it: the forwarder's own way of joining puts blanks between, which some readers take for part of a value.
    private static StringValues Continued(StringValues before, StringValues value) =>
        before.Count == 0 ? value : string.Join(',', before.Append(value.ToString()));

    // The forwarder joins these in their own way (RFC 9113, section 8.2.3).
    private static bool IsCookie(string name) => string.Equals(name, HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase);

    private List<string> LookAlikes(IHeaderDictionary headers)
    {
        var found = new List<string>();
        foreach (var (name, _) in headers)
        {
            if (LookAlike.Of(name) is { } meant && withHyphen.Contains(meant))
            {
                found.Add(name);
            }
        }

        return found;
    }
}
