using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Plateau.Server;

namespace Plateau.Conventions.Tests;

/// <summary>The generated references are what the code says.</summary>
public sealed class ReferenceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public void The_openapi_document_is_the_checked_in_one() =>
        GoldenFile.ShouldEqual("openapi.json", fixture.DocumentText);

    [Fact]
    public void The_errors_are_the_checked_in_ones() => GoldenFile.ShouldEqual("errors.md", ErrorsReference.Generate());

    [Fact]
    public void The_settings_are_the_checked_in_ones() =>
        GoldenFile.ShouldEqual("settings.md", SettingsReference.Generate());

    [Fact]
    public async Task The_metrics_are_the_checked_in_ones() =>
        GoldenFile.ShouldEqual("metrics.md", await MetricsReference.GenerateAsync());

    [Fact]
    public void Every_setting_of_the_reference_reaches_its_option()
    {
        var settings = SettingsReference.OptionsClasses.SelectMany(type => type.GetProperties())
            .ToDictionary(property => property, OtherThanDefault);
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(
            SettingsReference.KeyOf(setting.Key) + (setting.Key.PropertyType.IsArray ? ":0" : ""),
            (string?)setting.Value)));
        builder.AddPlateau();
        using var services = builder.Services.BuildServiceProvider();
        Offenders.ShouldBeNone(
            from setting in settings
            let read = Read(services, setting.Key)
            where read != setting.Value
            select $"{SettingsReference.KeyOf(setting.Key)} was set to {setting.Value} and is {read}",
            "Bind the options class to the section Plateau:<name of the class without Options>.");
    }

    private static string? Read(IServiceProvider services, PropertyInfo property)
    {
        var accessor = typeof(IOptions<>).MakeGenericType(property.DeclaringType!);
        var options = accessor.GetProperty("Value")!.GetValue(services.GetRequiredService(accessor));
        var value = property.GetValue(options);
        return value switch
        {
            string[] list => list.SingleOrDefault(),
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }

    private static string OtherThanDefault(PropertyInfo property) => property.PropertyType switch
    {
        var type when type == typeof(bool) =>
            property.GetValue(Activator.CreateInstance(property.DeclaringType!)) is true
            ? "false"
            : "true",
        { IsArray: true } => "127.0.0.9",
        _ when property.GetCustomAttribute<RangeAttribute>() is { } range =>
            Convert.ToString(range.Maximum, CultureInfo.InvariantCulture)!,
        _ => "http://127.0.0.1:9",
    };
}
