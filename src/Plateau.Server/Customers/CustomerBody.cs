using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Customers;

/// <summary>The body that creates a customer, and what a merge patch of one must lead to.</summary>
internal static class CustomerBody
{
    private static readonly TextField ReferenceId = new("reference_id")
    {
        Description = "Your own name for the customer; need not be unique.",
    };

    public static readonly BodySchema<CustomerDraft> Schema = new(
        "CustomerDraft", [ReferenceId], values => new CustomerDraft { ReferenceId = values.Object(ReferenceId) });
}
