using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>One code of the error object: the status it is answered with, and when.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Sentence">When it is answered and what to do about it, for the reference.</param>
internal sealed record ErrorCase(string Code, int Status, string Sentence);

/// <summary>
/// Every code of the API with its status. Answers take their status from here, and the references are made from here.
/// </summary>
internal static class ErrorCatalog
{
    /// <summary>Every code, by status.</summary>
    public static IReadOnlyList<ErrorCase> Cases { get; } =
    [
        new(ErrorCodes.JsonInvalid, 400, "The body is not one well-formed JSON object in UTF-8."),
        new(ErrorCodes.CursorInvalid, 400, "The cursor does not have the form of an id."),
        new(ErrorCodes.CursorConflict, 400, "`starting_after` and `ending_before` exclude each other."),
        new(ErrorCodes.IdempotencyKeyInvalid, 400,
            "The `Idempotency-Key` header is not 1 to 255 printable characters without spaces."),
        new(ErrorCodes.VersionInvalid, 400, "The `Flatpeak-Version` header does not have the form `YYYY-MM-DD.name`."),
        new(ErrorCodes.RequestInvalid, 400, "The request cannot be read as HTTP."),
        new(ErrorCodes.AuthorizationMissing, 401,
            "There is no `Authorization` header, or not one of the wanted scheme."),
        new(ErrorCodes.CredentialsInvalid, 401,
            "Account id and secret key do not belong together, or the key was revoked."),
        new(ErrorCodes.TokenInvalid, 401,
            "The bearer token is malformed or forged, or its key was revoked. Sign in again."),
        new(ErrorCodes.TokenExpired, 401, "The bearer token's time is over. Sign in again."),
        new(ErrorCodes.AccountDisabled, 403, "The operator disabled the account."),
        new(ErrorCodes.ScopeInsufficient, 403, "The key's scope does not allow the call. Use a key of a wider scope."),
        new(ErrorCodes.TelemetryConsentMissing, 403,
            "The device's owner has not agreed to telemetry: states are neither taken nor shown."),
        new(ErrorCodes.RouteNotFound, 404, "There is no such route."),
        new(ErrorCodes.DeviceNotFound, 404, "There is no such device in the account and mode of the token."),
        new(ErrorCodes.DeviceStateNotFound, 404, "The device has no state yet."),
        new(ErrorCodes.LocationNotFound, 404, "There is no such location in the account and mode of the token."),
        new(ErrorCodes.CustomerNotFound, 404, "There is no such customer in the account and mode of the token."),
        new(ErrorCodes.KeyNotFound, 404, "There is no such key in the account and mode of the token."),
        new(ErrorCodes.AuditEntryNotFound, 404, "The cursor is not the id of an audit entry."),
        new(ErrorCodes.ConsentChangeNotFound, 404, "The cursor is not the id of a consent change."),
        new(ErrorCodes.FailedRequestNotFound, 404, "The cursor is not the id of a failed request."),
        new(ErrorCodes.MethodNotAllowed, 405,
            "The route does not take this method; the `Allow` header lists those it takes."),
        new(ErrorCodes.RequestTimeout, 408, "The request arrived too slowly."),
        new(ErrorCodes.IdempotencyKeyConflict, 409, "The `Idempotency-Key` was used with another request."),
        new(ErrorCodes.RecordReferenceIdConflict, 409,
            "A record of this device, time and reference has other content; the message names it."),
        new(ErrorCodes.LocationInUse, 409, "Devices are placed at the location."),
        new(ErrorCodes.CustomerInUse, 409, "The customer has locations."),
        new(ErrorCodes.BodyTooLarge, 413, "The body is longer than the call takes."),
        new(ErrorCodes.MediaTypeUnsupported, 415, "The body is not announced as JSON."),
        new(ErrorCodes.ControlledOneWay, 422, "A device that is not controlled does not become so again."),
        new(ErrorCodes.LocationsFull, 422, "The device is placed at 100 locations already."),
        new(ErrorCodes.RateLimitExceeded, 429,
            "The account made more calls than it may. Wait as long as `Retry-After` says."),
        new(ErrorCodes.LoginLimitExceeded, 429,
            "Too many sign-ins failed, from this address or to this account. Wait as long as `Retry-After` says."),
        new(ErrorCodes.InternalError, 500, "The server failed. Its log has the `request_id`."),
        new(ErrorCodes.StorageUnavailable, 503,
            "The store cannot be reached, or more waits than may wait. Repeat the request after `Retry-After`."),
        new(ErrorCodes.NotReady, 503, "The process has not finished its start. Ask again after `Retry-After`."),
    ];

    private static readonly Dictionary<string, ErrorCase> ByCode =
        Cases.ToDictionary(one => one.Code, StringComparer.Ordinal);

    /// <summary>
    /// The status of a code. A code of no entry is named after the member at fault, such as <c>limit_invalid</c>: 400.
    /// </summary>
    public static int StatusOf(string code) =>
        ByCode.TryGetValue(code, out var found) ? found.Status : StatusCodes.Status400BadRequest;

    /// <summary>The entry of a code.</summary>
    public static ErrorCase Of(string code) => ByCode[code];
}
