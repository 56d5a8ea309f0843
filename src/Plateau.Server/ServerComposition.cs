using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;
using Plateau.Server.Customers;
using Plateau.Server.Devices;
using Plateau.Server.Health;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Server.Observability;
using Plateau.Server.Reference;
using Plateau.Server.Requests;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;
using Plateau.Server.WebConsole;

namespace Plateau.Server;

/// <summary>The table of contents of the server: what it is made of, and what it answers.</summary>
internal static class ServerComposition
{
    /// <summary>Adds everything; the server, its tests and its benchmarks start from here.</summary>
    public static void AddPlateau(this WebApplicationBuilder builder)
    {
        builder.AddObservability();
        builder.AddHttp();
        builder.Services.AddStorage();
        builder.Services.AddAccess();
        builder.Services.AddAudit();
        builder.Services.AddAccounts();
        builder.Services.AddCustomers();
        builder.Services.AddLocations();
        builder.Services.AddDevices();
        builder.Services.AddTelemetry();
        builder.Services.AddRequests();
        builder.Services.AddHealth();
        builder.Services.AddReference();
        builder.AddConsole();
    }

    /// <summary>Maps everything.</summary>
    public static void MapPlateau(this WebApplication app)
    {
        app.UseObservability();
        app.UseProxies();
        app.UseConsole();
        app.UseHttp();
        app.MapLogin();
        app.MapAccount();
        app.MapCustomers();
        app.MapCustomerExport();
        app.MapLocations();
        app.MapDevices();
        app.MapDeviceImport();
        app.MapTelemetry();
        app.MapBatches();
        app.MapStateImports();
        app.MapStateStream();
        app.MapHistory();
        app.MapAggregates();
        app.MapFleetStates();
        app.MapFleetSummary();
        app.MapRequests();
        app.MapHealth();
        app.MapReference();
    }
}
