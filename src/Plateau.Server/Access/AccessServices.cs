namespace Plateau.Server.Access;

/// <summary>Sign-in, bearer tokens, scopes.</summary>
internal static class AccessServices
{
    /// <summary>What the slice needs.</summary>
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration("Plateau:Access").ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<KeyStatuses>();
        services.AddSingleton<LoginLimiter>();
        // The core alone: what AddAuthentication adds beside it would write data-protection keys to the home folder.
        services.AddWebEncoders();
        services.AddTransient<BearerHandler>();
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = BearerHandler.SchemeName;
            options.AddScheme<BearerHandler>(BearerHandler.SchemeName, displayName: null);
        });
        services.AddAuthorization(Scopes.Declare);
    }
}
