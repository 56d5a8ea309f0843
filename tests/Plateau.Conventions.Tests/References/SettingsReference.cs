using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using Plateau.Server;

namespace Plateau.Conventions.Tests;

/// <summary>Generates docs/reference/settings.md from the options classes and their documentation.</summary>
internal static class SettingsReference
{
    /// <summary>The options classes, by name.</summary>
    public static IReadOnlyList<Type> OptionsClasses { get; } = [.. typeof(ServerComposition).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false })
        .Where(type => type.Name.EndsWith(Suffix, StringComparison.Ordinal))
        .Where(type => type.GetConstructor([]) is not null)
        .OrderBy(type => type.Name, StringComparer.Ordinal)];

    private const string Suffix = "Options";

    /// <summary>Key of a setting: the section is the class's name without its ending.</summary>
    public static string KeyOf(PropertyInfo property) =>
        $"Plateau:{property.DeclaringType!.Name[..^Suffix.Length]}:{property.Name}";

    public static string Generate()
    {
        var documentation = XmlDocumentation.Of(typeof(ServerComposition).Assembly);
        var text = new StringBuilder("""
            # Settings

            Generated from the code; do not edit.

            A setting is read from `appsettings.json` beside the executable, then from the environment, then from the
            command line where it has an option; the later wins. In `appsettings.json` the colons are nested objects. A
            server with a wrong setting does not start, and says which one it is.

            """);
        foreach (var type in OptionsClasses)
        {
            text.Append("\n## ").Append(documentation.SummaryOf(type).TrimEnd('.')).Append("\n\n");
            text.Append("| Setting | Environment | Default | Range | Meaning |\n|---|---|---|---|---|\n");
            var defaults = Activator.CreateInstance(type);
            foreach (var property in type.GetProperties())
            {
                var key = KeyOf(property);
                text.Append("| `").Append(key)
                    .Append("` | `").Append(key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant())
                    .Append("` | ").Append(Print(property.GetValue(defaults)))
                    .Append(" | ").Append(RangeOf(property))
                    .Append(" | ").Append(documentation.SummaryOf(property)).Append(" |\n");
            }
        }
        return text.ToString();
    }

    private static string Print(object? value) => value switch
    {
        null or "" or Array { Length: 0 } => "none",
        bool flag => flag ? "`true`" : "`false`",
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string RangeOf(PropertyInfo property) => property.GetCustomAttribute<RangeAttribute>() is { } range
        ? string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}")
        : property.PropertyType switch
        {
            { IsArray: true } => "a list: `…__0`, `…__1`, …",
            var type when type == typeof(bool) => "`true`, `false`",
            _ => property.GetCustomAttribute<RequiredAttribute>() is null ? "a text" : "a text, not empty",
        };
}
