-- Keys that protect the console's cookies and forms, shared by every process; the XML of ASP.NET Core's data protection.
create table protection_keys (
    name text not null primary key,
    xml text not null
);
