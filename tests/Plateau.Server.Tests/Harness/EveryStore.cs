using System.Reflection;
using Plateau.Server.Storage;
using Xunit.Sdk;
using Xunit.v3;

namespace Plateau.Server.Tests;

/// <summary>Runs a theory on both engines; the first parameter is the engine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EveryStoreAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetNames<EngineKind>().Select(kind => new TheoryDataRow(Enum.Parse<Store>(kind)))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>The engines, for signatures of public tests.</summary>
public enum Store
{
    /// <summary>SQLite, in the process.</summary>
    Embedded,

    /// <summary>PostgreSQL, of <c>PLATEAU_TEST_POSTGRES</c>.</summary>
    Postgres,
}
