using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Plateau.Server.Settings;

namespace Plateau.Server.Tests.Commands;

/// <summary>What settings are refused, and in which words.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("Storage:MaxConnections", "2", "Plateau:Storage:MaxConnections is wrong")]
    [InlineData(
        "Storage:MaxConnections", "many", "Plateau:Storage:MaxConnections is 'many', which is not a whole number.")]
    [InlineData("Storage:MaxConection", "20", "There is no setting Plateau:Storage:MaxConection.")]
    [InlineData("Storrage:MaxConnections", "20", "There is no setting Plateau:Storrage.")]
    [InlineData("Storage", "here", "There is no setting Plateau:Storage.")]
    [InlineData("Storage:DataDirectory", "", "Plateau:Storage:DataDirectory is wrong")]
    [InlineData("Storage:Postgres", "Hots=db", "Plateau:Storage:Postgres is no connection string")]
    [InlineData("Storage:Postgres", "Database=plateau", "it names no Host")]
    [InlineData("Http:ForwardedHeaders", "perhaps", "is 'perhaps', which is not true or false")]
    [InlineData("Http:TrustedProxies:0", "proxy", "'proxy', which is no IP address")]
    [InlineData("Observability:MetricsUrl", "https://127.0.0.1:9464", "Plateau:Observability:MetricsUrl is wrong")]
    [InlineData("Observability:TracedShare", "1.5", "Plateau:Observability:TracedShare is wrong")]
    public void A_wrong_setting_is_named(string name, string value, string fault)
    {
        var found = SettingsCheck.FindFaults(Configuration(new() { [$"Plateau:{name}"] = value }));

        Assert.Contains(fault, Assert.Single(found), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_found_at_once()
    {
        var found = SettingsCheck.FindFaults(Configuration(new()
        {
            ["Plateau:Storage:MaxConnections"] = "2",
            ["PLATEAU:TELEMETRY:MAXBATCH"] = "0",
            ["Plateau:Access:Nothing"] = "1",
        }));

        Assert.Equal(3, found.Count);
    }

    [Fact]
    public void Good_settings_have_no_fault_whatever_their_case()
    {
        var found = SettingsCheck.FindFaults(Configuration(new()
        {
            ["PLATEAU:STORAGE:POSTGRES"] = "Host=db.internal;Database=plateau;Username=plateau;Password=secret",
            ["plateau:http:trustedproxies:0"] = "10.0.0.5",
            ["Logging:LogLevel:Default"] = "Debug",
        }));

        Assert.Empty(found);
    }

    [Fact]
    public void Every_options_class_of_the_server_is_in_the_catalog()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddPlateau();
        var bound = builder.Services
            .Select(service => service.ServiceType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
            .Select(type => type.GetGenericArguments()[0])
            .Where(type => type.Assembly == typeof(ServerComposition).Assembly)
            .ToHashSet();

        Assert.Equal(bound, SettingsCatalog.Sections.Select(section => section.Options).ToHashSet());
    }

    private static IConfiguration Configuration(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
