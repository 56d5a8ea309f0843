using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Reflection;
using Npgsql;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Settings;

/// <summary>
/// Finds what is wrong with the settings before anything starts, each fault by the setting's own name.
/// </summary>
internal static class SettingsCheck
{
    /// <summary>
    /// A sentence for each fault; none when the settings are good. Values of secrets are not repeated.
    /// </summary>
    public static IReadOnlyList<string> FindFaults(IConfiguration configuration)
    {
        List<string> faults = [.. FindUnknown(configuration.GetSection(SettingsCatalog.Root))];
        foreach (var section in SettingsCatalog.Sections)
        {
            var values = configuration.GetSection(section.Key);
            var misread = FindMisread(section, values).ToArray();
            // A value that cannot be read leaves nothing to hold against the limits.
            faults.AddRange(misread.Length > 0 ? misread : FindBeyondLimits(section, values));
        }
        return faults;
    }

    private static IEnumerable<string> FindUnknown(IConfiguration root)
    {
        foreach (var group in root.GetChildren())
        {
            var section = SettingsCatalog.Sections.FirstOrDefault(one =>
                string.Equals(one.Name, group.Key, StringComparison.OrdinalIgnoreCase));
            if (section is null || group.Value is not null)
            {
                yield return $"There is no setting {SettingsCatalog.Root}:{group.Key}.";
                continue;
            }
            foreach (var setting in group.GetChildren())
            {
                if (Settings(section).All(
                    one => !string.Equals(one.Name, setting.Key, StringComparison.OrdinalIgnoreCase)))
                {
                    yield return $"There is no setting {section.Key}:{setting.Key}.";
                }
            }
        }
    }

    private static IEnumerable<string> FindMisread(SettingsSection section, IConfiguration values)
    {
        foreach (var setting in Settings(section))
        {
            var value = values.GetSection(setting.Name);
            if (value.Value is not null && !CanRead(value, setting.PropertyType))
            {
                yield return
                    $"{section.Key}:{setting.Name} is '{value.Value}', which is not {KindOf(setting.PropertyType)}.";
            }
        }
    }

    private static bool CanRead(IConfiguration value, Type type)
    {
        try
        {
            return value.Get(type) is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static IEnumerable<string> FindBeyondLimits(SettingsSection section, IConfiguration values)
    {
        var options = values.Get(section.Options) ?? Activator.CreateInstance(section.Options)!; // a class, never null
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var result in results)
        {
            yield return $"{section.Key}:{string.Join(',', result.MemberNames)} is wrong: {result.ErrorMessage}";
        }
        switch (options)
        {
            case StorageOptions { Postgres: { Length: > 0 } connection } when !IsConnection(connection, out var fault):
                yield return $"{section.Key}:{nameof(StorageOptions.Postgres)} is no connection string: {fault}";
                break;
            case HttpOptions http
                when http.TrustedProxies.FirstOrDefault(proxy => !IPAddress.TryParse(proxy, out _)) is { } proxy:
                yield return
                    $"{section.Key}:{nameof(HttpOptions.TrustedProxies)} has '{proxy}', which is no IP address.";
                break;
        }
    }

    private static bool IsConnection(string text, out string fault)
    {
        try
        {
            fault = new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 } ? "" : "it names no Host.";
        }
        catch (ArgumentException exception)
        {
            fault = exception.Message;
        }
        return fault.Length == 0;
    }

    private static IEnumerable<PropertyInfo> Settings(SettingsSection section) =>
        section.Options.GetProperties().Where(property => property.CanWrite);

    private static string KindOf(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ => $"a {type.Name}",
    };
}
