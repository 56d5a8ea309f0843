namespace Plateau.Server.Audit;

/// <summary>The trail of changes.</summary>
internal static class AuditServices
{
    /// <summary>What the slice needs.</summary>
    public static void AddAudit(this IServiceCollection services) => services.AddSingleton<AuditTrail>();
}
