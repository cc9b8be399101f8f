using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;

namespace Portcullis.Hosting;

/// <summary>Makes options whose wrong values are answered with the option's name and an example of a right one.</summary>
public static class OptionOf
{
    public delegate bool Parser<T>(string text, [MaybeNullWhen(false)] out T value);

    public static Option<T> One<T>(string name, string form, string example, string description, Parser<T> parse, T byDefault) =>
        Described(new Option<T>(name) { DefaultValueFactory = _ => byDefault }, form, example, description, result => Value(result, TextOf(result), name, form, example, parse, byDefault));

    /// <summary>Null when the option is not given.</summary>
    public static Option<T?> Optional<T>(string name, string form, string example, string description, Parser<T?> parse) =>
        Described(new Option<T?>(name), form, example, description, result => Value(result, TextOf(result), name, form, example, parse, default));

    /// <summary>Given several times, or several values with commas between them.</summary>
    public static Option<ImmutableArray<T>> Many<T>(string name, string form, string example, string description, Parser<T> parse, ImmutableArray<T> byDefault) =>
        Described(
            new Option<ImmutableArray<T>>(name) { DefaultValueFactory = _ => byDefault, Arity = ArgumentArity.OneOrMore },
            form,
            example,
            description,
            result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(text => Value(result, text, name, form, example, parse, default!))]);

    private static Option<T> Described<T>(Option<T> option, string form, string example, string description, Func<ArgumentResult, T> parse)
    {
        option.HelpName = form;
        option.Description = $"{description} Example: {example}";
        option.CustomParser = parse;
        return option;
    }

    private static string TextOf(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static T Value<T>(ArgumentResult result, string text, string name, string form, string example, Parser<T> parse, T otherwise)
    {
        if (parse(text.Trim(), out var value))
        {
            return value;
        }

        result.AddError($"{name} must be {form}, such as {example}; it is '{text}'.");
        return otherwise;
    }
}
