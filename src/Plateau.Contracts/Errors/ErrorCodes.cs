namespace Plateau.Contracts;

/// <summary>
/// Stable codes of the error object. Faults of one member are named after it instead:
/// <c>&lt;field&gt;_missing</c>, <c>_invalid</c>, <c>_unknown</c> and <c>_duplicate</c>.
/// </summary>
public static class ErrorCodes
{
    /// <summary>400: the body is not one well-formed JSON object.</summary>
    public const string JsonInvalid = "json_invalid";

    /// <summary>400: the cursor has not the form of an id.</summary>
    public const string CursorInvalid = "cursor_invalid";

    /// <summary>400: both cursors at once.</summary>
    public const string CursorConflict = "cursor_conflict";

    /// <summary>400: the Idempotency-Key header is not 1–255 printable characters.</summary>
    public const string IdempotencyKeyInvalid = "idempotency_key_invalid";

    /// <summary>400: the Flatpeak-Version header is not <c>YYYY-MM-DD.name</c>.</summary>
    public const string VersionInvalid = "flatpeak_version_invalid";

    /// <summary>400: the request cannot be read as HTTP.</summary>
    public const string RequestInvalid = "request_invalid";

    /// <summary>401: account id and secret key do not belong together, or the key is revoked.</summary>
    public const string CredentialsInvalid = "credentials_invalid";

    /// <summary>401: no Authorization header, or not of the wanted scheme.</summary>
    public const string AuthorizationMissing = "authorization_missing";

    /// <summary>401: the bearer token is malformed, forged, or its key is revoked.</summary>
    public const string TokenInvalid = "token_invalid";

    /// <summary>401: the bearer token has ended.</summary>
    public const string TokenExpired = "token_expired";

    /// <summary>403: the account is disabled.</summary>
    public const string AccountDisabled = "account_disabled";

    /// <summary>403: the key's scope does not allow the call.</summary>
    public const string ScopeInsufficient = "scope_insufficient";

    /// <summary>403: the device's owner has not agreed to telemetry.</summary>
    public const string TelemetryConsentMissing = "telemetry_consent_missing";

    /// <summary>404: no such route.</summary>
    public const string RouteNotFound = "route_not_found";

    /// <summary>404: no such device.</summary>
    public const string DeviceNotFound = "device_not_found";

    /// <summary>404: the device has no state yet.</summary>
    public const string DeviceStateNotFound = "device_state_not_found";

    /// <summary>404: no such location.</summary>
    public const string LocationNotFound = "location_not_found";

    /// <summary>404: no such customer.</summary>
    public const string CustomerNotFound = "customer_not_found";

    /// <summary>404: no such key.</summary>
    public const string KeyNotFound = "key_not_found";

    /// <summary>404: a cursor that is no id of this trail.</summary>
    public const string AuditEntryNotFound = "audit_entry_not_found";

    /// <summary>404: a cursor that is no id of a consent change.</summary>
    public const string ConsentChangeNotFound = "consent_change_not_found";

    /// <summary>404: a cursor that is no id of a failed request.</summary>
    public const string FailedRequestNotFound = "failed_request_not_found";

    /// <summary>405: the route does not take this method; see Allow.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>408: the request took longer than it may.</summary>
    public const string RequestTimeout = "request_timeout";

    /// <summary>409: the Idempotency-Key was used with another request.</summary>
    public const string IdempotencyKeyConflict = "idempotency_key_conflict";

    /// <summary>409: a record of this device, time and reference has other content.</summary>
    public const string RecordReferenceIdConflict = "record_reference_id_conflict";

    /// <summary>409: devices are placed at the location.</summary>
    public const string LocationInUse = "location_in_use";

    /// <summary>409: the customer has locations.</summary>
    public const string CustomerInUse = "customer_in_use";

    /// <summary>413: the body is longer than the call takes.</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>415: the body is not announced as JSON.</summary>
    public const string MediaTypeUnsupported = "media_type_unsupported";

    /// <summary>422: a device that is not controlled does not become so again.</summary>
    public const string ControlledOneWay = "controlled_one_way";

    /// <summary>422: the device is placed at 100 locations already.</summary>
    public const string LocationsFull = "locations_full";

    /// <summary>429: more calls than the account may make.</summary>
    public const string RateLimitExceeded = "rate_limit_exceeded";

    /// <summary>429: too many failed sign-ins.</summary>
    public const string LoginLimitExceeded = "login_limit_exceeded";

    /// <summary>500: a fault of the server.</summary>
    public const string InternalError = "internal_error";

    /// <summary>503: the store is unreachable, or more waits than may wait.</summary>
    public const string StorageUnavailable = "storage_unavailable";

    /// <summary>503: the process has not finished its start.</summary>
    public const string NotReady = "not_ready";
}
