# Hearth's one entrance on Windows: the verbs and steps of build.sh, in the same order.
# `.\build.ps1 help` lists the verbs. A test compares the tables of the two scripts.
# Windows PowerShell 5.1 or newer. Run once if scripts are blocked:
#   Set-ExecutionPolicy -Scope CurrentUser RemoteSigned
param(
    [Parameter(Position = 0)][string]$Verb = "help",
    [Parameter(ValueFromRemainingArguments = $true)][string[]]$Rest = @()
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = "Stop"

$Root = $PSScriptRoot
Set-Location $Root
$Cache = Join-Path $Root ".cache"
$Venv = Join-Path $Cache "venv"
$VenvPython = Join-Path $Venv "Scripts\python.exe"
$Target = if ($env:CARGO_TARGET_DIR) { $env:CARGO_TARGET_DIR } else { Join-Path $Root "target" }
if (-not $env:HEARTH_MODELS_DIR) { $env:HEARTH_MODELS_DIR = Join-Path $Root "models" }
$RustVersion = "1.95.0"
$NodeLeast = [version]"20.19.0"
$CargoFlags = @("--release", "--locked", "--workspace")
$Counts = @{}

# verb: its steps, in order. The same table is in build.sh.
$Steps = [ordered]@{
    run = "system rust python node npm models ui programs start"
    test = "system extras rust python node npm models clients vitest ui build cargo"
    setup = "system extras rust python node npm models clients"
    dev = "system rust python node npm models ui programs watch"
    lint = "system rust python node npm ui format clippy eslint prettier svelte deny cross"
    types = "system rust python node npm ui types"
    bench = "system rust python node npm models clients ui build bench"
    package = "system rust python node npm models ui programs bundle"
}

# PowerShell does not stop when a program fails: every call goes through here.
function Invoke-Program([string]$Program, [string[]]$Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with status $LASTEXITCODE" }
}

function Invoke-Npm([string]$Folder, [string[]]$Arguments) {
    Push-Location (Join-Path $Root $Folder)
    try { Invoke-Program "npm.cmd" $Arguments } finally { Pop-Location }
}

function Invoke-Ui([string[]]$Arguments) { Invoke-Npm "ui" $Arguments }

function Test-Program([string]$Name) { [bool](Get-Command $Name -ErrorAction SilentlyContinue) }

function Write-Step([string]$Text) { Write-Host "==> $Text" }

# Installs a package by winget and finds what it put on the path.
function Install-Package([string]$Id, [string[]]$More = @()) {
    if (-not (Test-Program "winget")) { throw "winget is missing: install $Id by hand, then run this again" }
    Write-Step "installing by winget: $Id"
    Invoke-Program "winget" (@("install", "--id", $Id, "--exact", "--silent", "--accept-source-agreements",
            "--accept-package-agreements") + $More)
    $env:Path = [Environment]::GetEnvironmentVariable("Path", "Machine") + ";" +
        [Environment]::GetEnvironmentVariable("Path", "User")
}

function Get-Hash([string]$File) { (Get-FileHash -Algorithm SHA256 $File).Hash }

function Test-Stamp([string]$File, [string]$Content) {
    (Test-Path $File) -and ((Get-Content -Raw $File) -eq $Content)
}

function Set-Stamp([string]$File, [string]$Content) { Set-Content -NoNewline -Path $File -Value $Content }

# Is there a Visual C++ compiler?
function Test-Compiler {
    $vswhere = Join-Path ${env:ProgramFiles(x86)} "Microsoft Visual Studio\Installer\vswhere.exe"
    if (-not (Test-Path $vswhere)) { return $false }
    $found = & $vswhere -latest -products * -requires Microsoft.VisualStudio.Component.VC.Tools.x86.x64 -property installationPath
    [bool]$found
}

function Step-system {
    if (-not (Test-Compiler)) {
        Install-Package "Microsoft.VisualStudio.2022.BuildTools" @("--override",
            "--wait --quiet --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended")
    }
    if (-not (Test-Program "git")) { Install-Package "Git.Git" }
    if (-not (Test-Program "cmake")) { Install-Package "Kitware.CMake" }
    # bindgen reads headers with libclang, SQLCipher is built with OpenSSL.
    $llvm = Join-Path $env:ProgramFiles "LLVM"
    if (-not (Test-Path (Join-Path $llvm "bin\libclang.dll"))) { Install-Package "LLVM.LLVM" }
    if (-not $env:LIBCLANG_PATH) { $env:LIBCLANG_PATH = Join-Path $llvm "bin" }
    $openssl = Join-Path $env:ProgramFiles "OpenSSL-Win64"
    if (-not $env:OPENSSL_DIR) {
        if (-not (Test-Path $openssl)) { Install-Package "ShiningLight.OpenSSL.Dev" }
        $env:OPENSSL_DIR = $openssl
    }
}

# Windows has its own web view and key store; only a Chromium browser is added for the tests.
function Step-extras {
    $edge = Join-Path ${env:ProgramFiles(x86)} "Microsoft\Edge\Application\msedge.exe"
    if (-not (Test-Path $edge)) { Install-Package "Microsoft.Edge" }
}

function Step-rust {
    $env:Path = (Join-Path $env:USERPROFILE ".cargo\bin") + ";" + $env:Path
    if (-not (Test-Program "rustup")) { Install-Package "Rustlang.Rustup" }
    & rustup run $RustVersion rustc --version *> $null
    if ($LASTEXITCODE -ne 0) {
        Invoke-Program "rustup" @("toolchain", "install", $RustVersion, "--profile", "minimal",
            "--component", "clippy,rustfmt")
    }
    $env:RUSTUP_TOOLCHAIN = $RustVersion
}

# Installs a pinned list into the environment, once for each content of the list.
function Install-Pinned([string]$List) {
    $stamp = Join-Path $Venv (".installed-" + [IO.Path]::GetFileNameWithoutExtension($List))
    $hash = Get-Hash $List
    if (Test-Stamp $stamp $hash) { return }
    Invoke-Program $VenvPython @("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--require-hashes", "--requirement", $List)
    Set-Stamp $stamp $hash
}

function Step-python {
    if (-not (Test-Path $VenvPython)) {
        if (-not (Test-Program "py")) { Install-Package "Python.Python.3.12" }
        Invoke-Program "py" @("-3", "-m", "venv", $Venv)
    }
    Install-Pinned "models\recipe-requirements.txt"
}

function Step-node {
    $found = if (Test-Program "node") { [version]((& node --version).TrimStart("v")) } else { [version]"0.0.0" }
    if ($found -lt $NodeLeast) { Install-Package "OpenJS.NodeJS.LTS" }
}

# What the lock file of a folder names, once for each state of it.
function Install-Locked([string]$Folder) {
    $stamp = "$Folder\node_modules\.hearth-stamp"
    $hash = (& node --version) + " " + (Get-Hash "$Folder\package-lock.json")
    if (Test-Stamp $stamp $hash) { return }
    Write-Step "npm ci in $Folder"
    Invoke-Npm $Folder @("ci", "--no-audit", "--no-fund", "--loglevel=error")
    Set-Stamp $stamp $hash
}

function Step-npm { Install-Locked "ui" }

function Step-models { Invoke-Program $VenvPython @("models\fetch.py") }
function Step-clients {
    Install-Pinned "tests\requirements.txt"
    Install-Locked "tests\node"
}

function Step-ui {
    $files = Get-ChildItem -Recurse -File "ui" |
        Where-Object { $_.FullName -notmatch "\\(node_modules|dist)\\" } | Sort-Object FullName
    $hash = ($files | ForEach-Object { Get-Hash $_.FullName }) -join ""
    if ((Test-Path "ui\dist\index.html") -and (Test-Stamp "ui\dist\.stamp" $hash)) { return }
    Write-Step "building the interface"
    Invoke-Ui @("run", "--silent", "build")
    Set-Stamp "ui\dist\.stamp" $hash
}

function Step-build { Invoke-Program "cargo" (@("build") + $CargoFlags + @("--bins", "--tests", "--examples")) }
function Step-programs { Invoke-Program "cargo" (@("build") + $CargoFlags + @("--bins", "--examples")) }
function Step-start { Invoke-Program (Join-Path $Target "release\hearth-desktop.exe") $Rest }

# Vite hands what is asked of /api to the core (ui\vite.config.ts), which listens where it always does.
function Step-watch {
    Write-Step "open the address that follows with 5173 in place of 8790: there changes show at once"
    $vite = Start-Process "npx.cmd" @("--no-install", "vite", "--clearScreen", "false") -WorkingDirectory "ui" -PassThru -NoNewWindow
    try { Invoke-Program (Join-Path $Target "release\hearth.exe") (@("serve", "--ui") + $Rest) }
    finally { Stop-Process -Id $vite.Id -ErrorAction SilentlyContinue }
}

function Step-types {
    $env:HEARTH_WRITE_TYPES = "1"
    try { Invoke-Program "cargo" (@("test") + $CargoFlags + @("--quiet", "--tests", "the_committed_")) }
    finally { Remove-Item Env:HEARTH_WRITE_TYPES }
}

function Step-format { Invoke-Program "cargo" @("fmt", "--all", "--check") }
function Step-clippy {
    Invoke-Program "cargo" (@("clippy") + $CargoFlags + @("--all-targets", "--", "-D", "warnings"))
}
function Step-eslint { Invoke-Ui @("run", "--silent", "lint") }
function Step-prettier { Invoke-Ui @("run", "--silent", "format:check") }
function Step-svelte { Invoke-Ui @("run", "--silent", "check") }

function Step-deny {
    if ($Rest -notcontains "--all") {
        Write-Step "skipped; '.\build.ps1 lint --all' also checks licences, bans, sources and advisories"
        return
    }
    $deny = Join-Path $Cache "tools\bin\cargo-deny.exe"
    if (-not (Test-Path $deny)) {
        Invoke-Program "cargo" @("install", "cargo-deny", "--version", "0.20.2", "--locked", "--quiet",
            "--root", (Join-Path $Cache "tools"))
    }
    Invoke-Program $deny @("--locked", "check", "licenses", "bans", "sources")
    & $deny --locked fetch db *> $null
    if ($LASTEXITCODE -eq 0) { Invoke-Program $deny @("--locked", "check", "--disable-fetch", "advisories") }
    else { Write-Warning "advisories NOT checked: the advisory database cannot be reached from here" }
}

# The other systems are checked where stubs can stand in for compilers: by build.sh.
function Step-cross { Write-Step "skipped on Windows; './build.sh lint --all' checks the other systems' types" }

function Step-bench { Invoke-Program $VenvPython (@("tests\bench\run.py") + $Rest) }

function Step-bundle {
    $tools = Join-Path $Cache "tools"
    $tauri = Join-Path $tools "node_modules\.bin\tauri.cmd"
    if (-not (Test-Path $tauri)) {
        Invoke-Program "npm.cmd" @("install", "--prefix", $tools, "--no-audit", "--no-fund", "@tauri-apps/cli@2.12.5")
    }
    Invoke-Program $tauri (@("bundle", "--bundles", "nsis") + $Rest)
}

function Step-vitest {
    $report = Join-Path $Cache "vitest.json"
    Remove-Item $report -ErrorAction SilentlyContinue
    Push-Location "ui"
    & npx.cmd --no-install vitest run --reporter=default --reporter=json "--outputFile.json=$report"
    $status = $LASTEXITCODE
    Pop-Location
    $passed = 0; $failed = 0
    if (Test-Path $report) {
        $counted = Get-Content -Raw $report | ConvertFrom-Json
        $passed = $counted.numPassedTests; $failed = $counted.numFailedTests
    }
    Add-Count "vitest" $passed $failed $status
}

function Step-cargo {
    $log = Join-Path $Cache "cargo-test.log"
    # What a program writes to standard error is not an error of this script.
    $ErrorActionPreference = "Continue"
    & cargo test @CargoFlags --bins --tests --no-fail-fast 2>&1 | ForEach-Object { "$_" } | Tee-Object $log
    $status = $LASTEXITCODE
    $ErrorActionPreference = "Stop"
    $passed = 0; $failed = 0
    Select-String -Path $log -Pattern "^test result: .* (\d+) passed; (\d+) failed;" | ForEach-Object {
        $passed += [int]$_.Matches[0].Groups[1].Value; $failed += [int]$_.Matches[0].Groups[2].Value
    }
    Add-Count "cargo" $passed $failed $status
}

# A runner that died without counting a failure is one failure.
function Add-Count([string]$Stage, [int]$Passed, [int]$Failed, [int]$Status) {
    if ($Status -ne 0 -and $Failed -eq 0) { $Failed = 1 }
    $Counts[$Stage] = @($Passed, $Failed)
}

function Invoke-Tests {
    $table = @(); $all = [Diagnostics.Stopwatch]::StartNew()
    foreach ($step in $Steps["test"].Split(" ")) {
        Write-Step $step
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $broken = $false
        try { & "Step-$step" | Out-Host } catch { $broken = $true; Write-Warning "$_"; Add-Count $step 0 1 1 }
        $table += "{0,6:n0} s  {1}" -f $watch.Elapsed.TotalSeconds, $step
        if ($broken) { Write-Warning "the step '$step' failed; the steps after it need it"; break }
    }
    $table | Out-Host
    Write-Host ("{0,6:n0} s  in all" -f $all.Elapsed.TotalSeconds)
    $passed = 0; $failed = 0
    foreach ($pair in $Counts.Values) { $passed += $pair[0]; $failed += $pair[1] }
    Write-Host "$passed passed, $failed failed"
    if ($failed -gt 0) { exit 1 }
}

function Show-Usage {
    Write-Host "usage: .\build.ps1 VERB [ARGUMENTS]"
    Write-Host ("verbs: " + ($Steps.Keys -join " ") + " help")
}

New-Item -ItemType Directory -Force $Cache | Out-Null
if ($Verb -eq "help") { Show-Usage }
elseif (-not $Steps.Contains($Verb)) { Show-Usage; exit 2 }
elseif ($Verb -eq "test") { Invoke-Tests }
else { foreach ($step in $Steps[$Verb].Split(" ")) { & "Step-$step" } }
