using System.Diagnostics.Metrics;
using System.Text;
using Plateau.Server.Tests;

namespace Plateau.Conventions.Tests;

/// <summary>
/// Generates docs/reference/metrics.md from the instruments of a server that did a little of everything.
/// </summary>
internal static class MetricsReference
{
    private const string Own = "Plateau.";

    public static async Task<string> GenerateAsync()
    {
        var instruments = new SortedDictionary<string, (Instrument Instrument, SortedSet<string> Labels)>(
            StringComparer.Ordinal);
        using (var listener = Listen(instruments))
        {
            await using (var server = await TestServer.StartAsync(Store.Embedded))
            {
                await DoALittleAsync(server.Api);
                listener.RecordObservableInstruments();
            }
            // The server has stopped, and so has counted everything.
        }
        lock (instruments)
        {
            return Print(instruments.Values);
        }
    }

    private static MeterListener Listen(
        SortedDictionary<string, (Instrument Instrument, SortedSet<string> Labels)> instruments)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name.StartsWith(Own, StringComparison.Ordinal))
                {
                    lock (instruments)
                    {
                        instruments.TryAdd(instrument.Name, (instrument, []));
                    }
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        return listener;

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (instruments)
            {
                foreach (var (label, _) in tags)
                {
                    instruments[instrument.Name].Labels.Add(label);
                }
            }
        }
    }

    private static async Task DoALittleAsync(ApiClient api)
    {
        var location = await api.CreateLocationAsync();
        var device = await api.CreateDeviceAsync();
        await api.PutAsync($"/devices/{device}/state", Some.State(location));
        await api.PutAsync($"/devices/{device}/state", Some.State(location, charge: 1));
        await api.GetAsync("/devices");
    }

    private static string Print(IEnumerable<(Instrument Instrument, SortedSet<string> Labels)> instruments)
    {
        var text = new StringBuilder("""
            # Metrics

            Generated from the code; do not edit.

            `/metrics` is a page in the Prometheus format, without sign-in. `Plateau:Observability:MetricsUrl` moves it
            to an address of its own; `Plateau:Observability:OtlpEndpoint` also sends the same metrics, and traces, to
            an OTLP receiver. No account, device or place is in any label.

            ## Of Plateau

            On the page dots are underscores, the unit is the ending (`_seconds`), and counters end in `_total`.

            | Name | On the page | Kind | Unit | Labels | Meaning |
            |---|---|---|---|---|---|

            """);
        foreach (var (instrument, labels) in instruments)
        {
            text.Append("| `").Append(instrument.Name).Append("` | `").Append(OnThePage(instrument)).Append("` | ")
                .Append(KindOf(instrument)).Append(" | ").Append(instrument.Unit).Append(" | ")
                .Append(labels.Count == 0 ? "none" : string.Join(", ", labels.Select(label => $"`{label}`")))
                .Append(" | ")
                .Append(instrument.Description).Append(" |\n");
        }
        text.Append("""

            ## Of the framework

            | Begins with | What it tells |
            |---|---|
            | `http_server_` | Requests: duration by method, route and status, and how many are under way. |
            | `kestrel_` | Connections: how many, how long, how many wait. |
            | `dotnet_` | The runtime: garbage collection, threads, locks, processor time, memory. |

            """);
        return text.ToString();
    }

    private static string OnThePage(Instrument instrument) =>
        instrument.Name.Replace('.', '_')
        + (instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" })
        + (KindOf(instrument) == "counter" ? "_total" : "");

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().Name switch
        {
            var name when name.Contains("UpDownCounter", StringComparison.Ordinal) => "gauge",
            var name when name.Contains("Counter", StringComparison.Ordinal) => "counter",
            var name when name.Contains("Histogram", StringComparison.Ordinal) => "histogram",
            _ => "gauge",
        };
}
