using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server;
using Plateau.Telemetry;

namespace Plateau.Conventions.Tests;

/// <summary>What the compiled code keeps to.</summary>
public sealed class CodeTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Contracts = typeof(Device).Assembly;
    private static readonly Assembly Telemetry = typeof(StateRecord).Assembly;
    private static readonly Assembly[] Pure = [Contracts, Telemetry];
    private static readonly Assembly[] All =
        [typeof(ServerComposition).Assembly, typeof(PlateauClient).Assembly, .. Pure];

    private static readonly string[] Units =
        ["Kw", "Kwh", "Percent", "Litres", "Seconds", "Milliseconds", "Microseconds", "Degrees"];

    // The contract names these without a unit; their documentation says it.
    private static readonly HashSet<string> NamedByTheContract =
    [
        "GeoLocation.Lat", "GeoLocation.Lng", "PvProperties.Azimuth", "PvProperties.Tilt",
        "BatteryProperties.RoundTripEfficiency",
        "StateOfChargeSummary.Mean", "StateOfChargeSummary.Min", "StateOfChargeSummary.Max",
        "StateOfChargeSummary.First", "StateOfChargeSummary.Last", "StatesOfCharge.Mean", "StatesOfCharge.Min",
        "StatesOfCharge.Max", "StatesOfCharge.First", "StatesOfCharge.Last", "BatteryPowerSummary.Mean",
        "BatteryPowerSummary.Min", "BatteryPowerSummary.Max", "BatteryPowers.Mean", "BatteryPowers.Min",
        "BatteryPowers.Max",
    ];

    private static readonly string[] NotForPureCode =
        ["Microsoft.", "Npgsql", "System.Data", "OpenTelemetry", "SQLitePCLRaw"];

    [Fact]
    public void Asynchronous_methods_take_a_token_last() => Offenders.ShouldBeNone(
        from assembly in All
        from type in assembly.GetTypes()
        where !IsGenerated(type)
        from method in type.GetMethods(Declared)
        where IsAsynchronous(method) && !IsBoundToASignature(method)
            && method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken)
        select $"{type.FullName}.{method.Name}",
        "Take a CancellationToken as the last parameter and pass it on to every call that takes one.");

    [Fact]
    public void Quantities_end_in_their_unit() => Offenders.ShouldBeNone(
        from assembly in Pure
        from type in assembly.GetExportedTypes()
        from quantity in type.GetProperties(Declared).Where(one => IsQuantity(one.PropertyType)).Select(one => one.Name)
            .Concat(type.GetMembers(Declared).OfType<MethodBase>().Where(
                one => one.IsPublic && !one.IsSpecialName || one.IsConstructor)
                .SelectMany(one => one.GetParameters()).Where(one => IsQuantity(one.ParameterType))
                .Select(one => char.ToUpperInvariant(one.Name![0]) + one.Name[1..]))
            .Distinct(StringComparer.Ordinal)
        where !Units.Any(unit => quantity.EndsWith(unit, StringComparison.Ordinal))
            && !NamedByTheContract.Contains($"{type.Name}.{quantity}")
        select $"{type.Name}.{quantity}",
        $"End the name in its unit ({string.Join(", ", Units)}), "
            + "or name it among the contract's exceptions in this test.");

    [Fact]
    public void Contracts_and_telemetry_know_neither_web_nor_store_nor_log() => Offenders.ShouldBeNone(
        from assembly in Pure
        from reference in assembly.GetReferencedAssemblies()
        where NotForPureCode.Any(prefix => reference.Name!.StartsWith(prefix, StringComparison.Ordinal))
        select $"{assembly.GetName().Name} references {reference.Name}",
        "Move what needs the reference into Plateau.Server: these two are data and pure decisions.");

    [Fact]
    public void The_client_knows_the_contracts_only() => Offenders.ShouldBeNone(
        from reference in typeof(PlateauClient).Assembly.GetReferencedAssemblies()
        where reference.Name is { } name && !name.StartsWith("System", StringComparison.Ordinal)
            && name != "Plateau.Contracts" && name != "Polly.Core"
            && !name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        select $"Plateau.Client references {reference.Name}",
        "The client is a package of its own: it may depend on Plateau.Contracts, on .NET itself and "
            + "on its extensions for HTTP and resilience.");

    private static bool IsQuantity(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var value && (value == typeof(double) || value == typeof(float));

    private static bool IsAsynchronous(MethodInfo method) =>
        !method.Name.Contains('<', StringComparison.Ordinal)
        && (method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask)
            || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() is var open
                && (open == typeof(Task<>) || open == typeof(ValueTask<>) || open == typeof(IAsyncEnumerable<>))));

    // One sign-in serves every caller who waits, so none of them may cancel it; they cancel their waiting. A command is
    // ended by the signals of its process.
    private static readonly HashSet<string> EndedOtherwise =
    [
        "TokenSource.Current", "TokenSource.SignInAsync", "CommandLine.RunAsync",
        // A request from inside carries its own token, too.
        "InProcessServer.AnswerAsync", "InProcessExchange.RunAsync", "InProcessResponse.FailAsync",
        "InProcessResponse.TellCompletedAsync", "ConsoleAccess.ChallengeAsync",
    ];

    // Overrides, implementations of interfaces, and what works on a request, which carries its own token.
    private static bool IsBoundToASignature(MethodInfo method) =>
        method.GetBaseDefinition() != method
        || method.IsSpecialName
        || method.Name is "DisposeAsync"
        // What a component does for its visitor ends with the component, or with the visitor's page.
        || typeof(IComponent).IsAssignableFrom(method.DeclaringType)
        || EndedOtherwise.Contains($"{method.DeclaringType!.Name}.{method.Name}")
        // Who started the work that is waited for, or wrote what is to be run, holds its token.
        || method.GetParameters().Any(one => typeof(Task).IsAssignableFrom(one.ParameterType))
        || method.GetParameters().Any(one => typeof(Delegate).IsAssignableFrom(one.ParameterType)
            && typeof(Task).IsAssignableFrom(one.ParameterType.GetMethod("Invoke")?.ReturnType))
        || (method.IsPrivate && OwnsItsCancellation(method.DeclaringType!))
        || method.GetParameters().Any(one => one.ParameterType == typeof(HttpContext))
            && !method.GetParameters().Any(one => one.ParameterType == typeof(CancellationToken))
            && method.Name.EndsWith("Async", StringComparison.Ordinal)
        || (method.DeclaringType is { IsInterface: false } type && type.GetInterfaces().Any(one =>
            type.GetInterfaceMap(one).TargetMethods.Contains(method)));

    // The inside of a worker, which is stopped by a source of its own rather than by a caller.
    private static bool OwnsItsCancellation(Type type) =>
        type.GetFields(Declared).Any(field => field.FieldType == typeof(CancellationTokenSource));

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal)
        || type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
