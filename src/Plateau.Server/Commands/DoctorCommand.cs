using System.CommandLine;
using Plateau.Server.Settings;

namespace Plateau.Server.Commands;

/// <summary><c>plateau doctor</c>: says what is wrong, and changes nothing.</summary>
internal static class DoctorCommand
{
    private const string Help = """
        Check settings, store, schema, clock, disk, time zones and cultures: one line each with ok, warn or fail.

        It makes and changes nothing, and may run beside a server. The exit code is 1 when a check fails.
        """;

    public static Command Create()
    {
        var command = new Command("doctor", Help) { Report.Json };
        command.SetAction(async (result, cancel) =>
        {
            var report = new DoctorReport(await ExamineAsync(result, cancel));
            Report.Write(result, report, string.Join(Environment.NewLine, report.Findings.Select(LineOf)));
            return report.IsOk ? CommandLine.Succeeded : CommandLine.Failed;
        });
        return command;
    }

    private static async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(ParseResult result, CancellationToken cancel)
    {
        IConfiguration settings = ServerSettings.CreateUncheckedBuilder(ServerSettings.Read(result)).Configuration;
        List<DoctorFinding> findings = [];
        if (SettingsCheck.FindFaults(settings) is { Count: > 0 } faults)
        {
            findings.AddRange(faults.Select(fault => new DoctorFinding("settings", DoctorVerdict.Fail, fault)));
            findings.Add(new("store", DoctorVerdict.Fail, "Not looked at, since the settings are wrong."));
        }
        else
        {
            findings.Add(new("settings", DoctorVerdict.Ok, "Valid."));
            await using var session = OperatorSession.Open(settings);
            findings.AddRange(await new StoreExamination(session).ExamineAsync(cancel));
        }
        return [.. findings, MachineExamination.ExamineTimezones(), MachineExamination.ExamineCultures()];
    }

    private static string LineOf(DoctorFinding finding) =>
        $"{finding.Verdict.ToString().ToLowerInvariant(),-4}  {finding.Check,-9}  {finding.Message}";
}
