using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Plateau.Server.Http;

namespace Plateau.Conventions.Tests;

/// <summary>Generates docs/reference/errors.md from the catalog.</summary>
internal static class ErrorsReference
{
    public static string Generate()
    {
        var text = new StringBuilder("""
            # Errors

            Generated from the code; do not edit.

            Every answer that is not 2xx is an error object. `code` is stable: compare with it. `message` is for people
            and may change. Where the input is at fault, `errors` lists **every** fault with its JSON path, or with the
            name of the query parameter or header; `code` and `message` of the object repeat the first.

            ```json
            {"object":"error","live_mode":false,"context":"api.device_state_submit","type":"invalid_request",
             "code":"state_of_charge_percent_invalid","message":"state_of_charge_percent must be …; it was 134.2.",
             "errors":[{"path":"$.state_of_charge_percent","code":"state_of_charge_percent_invalid","message":"…"}],
             "request_id":"…","time_created":"2026-01-31T12:00:00Z"}
            ```

            `type` is `invalid_request` for 4xx, `rate_limit` for 429 and `api_error` for 5xx. `Retry-After` comes with
            429 and 503.

            A request with several faults is answered for the first of: 401, missing scope, the missing object of its
            path, 415 and 413, the form of its header (`Flatpeak-Version`) and query, the form of its body, the missing
            objects that the body names, missing consent, 409 and 422. The sign-in reads header and query before the
            credentials.

            ## Codes named after a member

            Faults of one member of a body, or of one query parameter, have codes made from its name. All are 400.

            | Code | When |
            |---|---|
            | `<field>_missing` | It is required, and absent or null. |
            | `<field>_invalid` | It is of a wrong type, out of range, or else not what it must be: see the message. |
            | `<field>_unknown` | The call has no such member or parameter. |
            | `<field>_duplicate` | It stands more than once. |

            ## All other codes

            | Status | Code | When |
            |---|---|---|

            """);
        foreach (var one in ErrorCatalog.Cases)
        {
            text.Append("| ").Append(one.Status).Append(' ').Append(ReasonPhrases.GetReasonPhrase(one.Status))
                .Append(" | `").Append(one.Code).Append("` | ").Append(one.Sentence).Append(" |\n");
        }
        return text.ToString();
    }
}
