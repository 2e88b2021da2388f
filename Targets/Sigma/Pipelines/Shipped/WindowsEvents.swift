// swift-format-ignore-file: the lines of the text are as long as YAML needs them

extension SigmaShippedPipelines {
  /// Windows events as `evtx_dump` and its like write them in JSON: `Event.System` and `Event.EventData`. See README.md for the sources.
  static let windowsEvents = """
    name: windows-evtx
    priority: 20
    transformations:
      - id: channel_application
        type: add_condition
        conditions: {Channel: 'Application'}
        rule_conditions:
          - {type: logsource, product: windows, service: application}
      - id: channel_application-experience
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Application-Experience/*'}
        rule_conditions:
          - {type: logsource, product: windows, service: application-experience}
      - id: channel_applocker
        type: add_condition
        conditions: {Channel: ['Microsoft-Windows-AppLocker/EXE and DLL', 'Microsoft-Windows-AppLocker/MSI and Script', 'Microsoft-Windows-AppLocker/Packaged app-Deployment', 'Microsoft-Windows-AppLocker/Packaged app-Execution']}
        rule_conditions:
          - {type: logsource, product: windows, service: applocker}
      - id: channel_appmodel-runtime
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-AppModel-Runtime/Admin'}
        rule_conditions:
          - {type: logsource, product: windows, service: appmodel-runtime}
      - id: channel_appxdeployment-server
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-AppXDeploymentServer/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: appxdeployment-server}
      - id: channel_appxpackaging-om
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-AppxPackaging/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: appxpackaging-om}
      - id: channel_bitlocker
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-BitLocker/BitLocker Management'}
        rule_conditions:
          - {type: logsource, product: windows, service: bitlocker}
      - id: channel_bits-client
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Bits-Client/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: bits-client}
      - id: channel_capi2
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-CAPI2/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: capi2}
      - id: channel_certificateservicesclient-lifecycle-system
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: certificateservicesclient-lifecycle-system}
      - id: channel_codeintegrity-operational
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-CodeIntegrity/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: codeintegrity-operational}
      - id: channel_dhcp
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-DHCP-Server/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: dhcp}
      - id: channel_diagnosis-scripted
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Diagnosis-Scripted/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: diagnosis-scripted}
      - id: channel_dns-client
        type: add_condition
        conditions: {Channel: ['Microsoft-Windows-DNS-Client/Operational', 'Microsoft-Windows-DNS Client Events/Operational']}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-client}
      - id: channel_dns-server
        type: add_condition
        conditions: {Channel: 'DNS Server'}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-server}
      - id: channel_dns-server-analytic
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-DNS-Server/Analytical'}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-server-analytic}
      - id: channel_dns-server-audit
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-DNS-Server/Audit'}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-server-audit}
      - id: channel_driver-framework
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-DriverFrameworks-UserMode/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: driver-framework}
      - id: channel_firewall-as
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'}
        rule_conditions:
          - {type: logsource, product: windows, service: firewall-as}
      - id: channel_hyper-v-worker
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Hyper-V-Worker*'}
        rule_conditions:
          - {type: logsource, product: windows, service: hyper-v-worker}
      - id: channel_iis-configuration
        type: add_condition
        conditions: {Channel: 'Microsoft-IIS-Configuration/*'}
        rule_conditions:
          - {type: logsource, product: windows, service: iis-configuration}
      - id: channel_kernel-event-tracing
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Kernel-EventTracing*'}
        rule_conditions:
          - {type: logsource, product: windows, service: kernel-event-tracing}
      - id: channel_kernel-shimengine
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Kernel-ShimEngine/*'}
        rule_conditions:
          - {type: logsource, product: windows, service: kernel-shimengine}
      - id: channel_ldap
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-LDAP-Client/Debug'}
        rule_conditions:
          - {type: logsource, product: windows, service: ldap}
      - id: channel_ldap_debug
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-LDAP-Client/Debug'}
        rule_conditions:
          - {type: logsource, product: windows, service: ldap_debug}
      - id: channel_lsa-server
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-LSA/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: lsa-server}
      - id: channel_microsoft-servicebus-client
        type: add_condition
        conditions: {Channel: 'Microsoft-ServiceBus-Client*'}
        rule_conditions:
          - {type: logsource, product: windows, service: microsoft-servicebus-client}
      - id: channel_msexchange-management
        type: add_condition
        conditions: {Channel: 'MSExchange Management'}
        rule_conditions:
          - {type: logsource, product: windows, service: msexchange-management}
      - id: channel_ntfs
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Ntfs/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: ntfs}
      - id: channel_ntlm
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-NTLM/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: ntlm}
      - id: channel_openssh
        type: add_condition
        conditions: {Channel: 'OpenSSH/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: openssh}
      - id: channel_powershell
        type: add_condition
        conditions: {Channel: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational']}
        rule_conditions:
          - {type: logsource, product: windows, service: powershell}
      - id: channel_powershell-classic
        type: add_condition
        conditions: {Channel: 'Windows PowerShell'}
        rule_conditions:
          - {type: logsource, product: windows, service: powershell-classic}
      - id: channel_printservice-admin
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-PrintService/Admin'}
        rule_conditions:
          - {type: logsource, product: windows, service: printservice-admin}
      - id: channel_printservice-operational
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-PrintService/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: printservice-operational}
      - id: channel_security
        type: add_condition
        conditions: {Channel: 'Security'}
        rule_conditions:
          - {type: logsource, product: windows, service: security}
      - id: channel_security-mitigations
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Security-Mitigations*'}
        rule_conditions:
          - {type: logsource, product: windows, service: security-mitigations}
      - id: channel_shell-core
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Shell-Core/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: shell-core}
      - id: channel_smbclient-connectivity
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-SmbClient/Connectivity'}
        rule_conditions:
          - {type: logsource, product: windows, service: smbclient-connectivity}
      - id: channel_smbclient-security
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-SmbClient/Security'}
        rule_conditions:
          - {type: logsource, product: windows, service: smbclient-security}
      - id: channel_smbserver-connectivity
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-SMBServer/Connectivity'}
        rule_conditions:
          - {type: logsource, product: windows, service: smbserver-connectivity}
      - id: channel_sysmon
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: sysmon}
      - id: channel_system
        type: add_condition
        conditions: {Channel: 'System'}
        rule_conditions:
          - {type: logsource, product: windows, service: system}
      - id: channel_taskscheduler
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-TaskScheduler/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: taskscheduler}
      - id: channel_terminalservices-localsessionmanager
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: terminalservices-localsessionmanager}
      - id: channel_vhdmp
        type: add_condition
        conditions: {Channel: ['Microsoft-Windows-VHDMP-Operational', 'Microsoft-Windows-VHDMP/Operational']}
        rule_conditions:
          - {type: logsource, product: windows, service: vhdmp}
      - id: channel_windefend
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Windows Defender/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: windefend}
      - id: channel_wmi
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-WMI-Activity/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: wmi}
      - id: channel_clipboard_change
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 24}
        rule_conditions:
          - {type: logsource, product: windows, category: clipboard_change}
      - id: channel_create_remote_thread
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 8}
        rule_conditions:
          - {type: logsource, product: windows, category: create_remote_thread}
      - id: channel_create_stream_hash
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 15}
        rule_conditions:
          - {type: logsource, product: windows, category: create_stream_hash}
      - id: channel_dns_query
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 22}
        rule_conditions:
          - {type: logsource, product: windows, category: dns_query}
      - id: channel_driver_load
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 6}
        rule_conditions:
          - {type: logsource, product: windows, category: driver_load}
      - id: channel_file_block_executable
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 27}
        rule_conditions:
          - {type: logsource, product: windows, category: file_block_executable}
      - id: channel_file_block_shredding
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 28}
        rule_conditions:
          - {type: logsource, product: windows, category: file_block_shredding}
      - id: channel_file_change
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 2}
        rule_conditions:
          - {type: logsource, product: windows, category: file_change}
      - id: channel_file_delete
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: [23, 26]}
        rule_conditions:
          - {type: logsource, product: windows, category: file_delete}
      - id: channel_file_event
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 11}
        rule_conditions:
          - {type: logsource, product: windows, category: file_event}
      - id: channel_file_executable_detected
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 29}
        rule_conditions:
          - {type: logsource, product: windows, category: file_executable_detected}
      - id: channel_image_load
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 7}
        rule_conditions:
          - {type: logsource, product: windows, category: image_load}
      - id: channel_network_connection
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 3}
        rule_conditions:
          - {type: logsource, product: windows, category: network_connection}
      - id: channel_pipe_created
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: [17, 18]}
        rule_conditions:
          - {type: logsource, product: windows, category: pipe_created}
      - id: channel_process_access
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 10}
        rule_conditions:
          - {type: logsource, product: windows, category: process_access}
      - id: channel_process_tampering
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 25}
        rule_conditions:
          - {type: logsource, product: windows, category: process_tampering}
      - id: channel_process_termination
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 5}
        rule_conditions:
          - {type: logsource, product: windows, category: process_termination}
      - id: channel_raw_access_thread
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 9}
        rule_conditions:
          - {type: logsource, product: windows, category: raw_access_thread}
      - id: channel_registry_add
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 12, EventType: 'CreateKey'}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_add}
      - id: channel_registry_delete
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 12, EventType: ['DeleteKey', 'DeleteValue']}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_delete}
      - id: channel_registry_event
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: [12, 13, 14]}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_event}
      - id: channel_registry_rename
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 14}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_rename}
      - id: channel_registry_set
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 13}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_set}
      - id: channel_sysmon_error
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 255}
        rule_conditions:
          - {type: logsource, product: windows, category: sysmon_error}
      - id: channel_sysmon_status
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: [4, 16]}
        rule_conditions:
          - {type: logsource, product: windows, category: sysmon_status}
      - id: channel_wmi_event
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: [19, 20, 21]}
        rule_conditions:
          - {type: logsource, product: windows, category: wmi_event}
      - id: channel_ps_module
        type: add_condition
        conditions: {Channel: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'], EventID: 4103}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_module}
      - id: channel_ps_script
        type: add_condition
        conditions: {Channel: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'], EventID: 4104}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_script}
      - id: channel_ps_classic_start
        type: add_condition
        conditions: {Channel: 'Windows PowerShell', EventID: 400}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_classic_start}
      - id: channel_ps_classic_provider_start
        type: add_condition
        conditions: {Channel: 'Windows PowerShell', EventID: 600}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_classic_provider_start}
      - id: channel_ps_classic_script
        type: add_condition
        conditions: {Channel: 'Windows PowerShell', EventID: 800}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_classic_script}
      - id: channel_process_creation
        type: add_condition
        conditions:
          - {Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 1}
          - {Channel: 'Security', EventID: 4688}
        rule_conditions:
          - {type: logsource, product: windows, category: process_creation}
      - id: channel_antivirus
        type: add_condition
        conditions: {Channel: 'Microsoft-Windows-Windows Defender/Operational', EventID: [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116, 1117, 1118, 1119]}
        rule_conditions:
          - {type: logsource, category: antivirus}
      - id: antivirus_names
        type: field_name_mapping
        mapping: {Signature: ThreatName, Filename: Path}
        rule_conditions:
          - {type: logsource, category: antivirus}
      - id: classic_event_id
        type: field_name_mapping
        mapping: {EventID: [Event.System.EventID, 'Event.System.EventID.#text']}
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows, service: application}
          - {type: logsource, product: windows, service: system}
          - {type: logsource, product: windows, service: powershell-classic}
          - {type: logsource, product: windows, service: msexchange-management}
          - {type: logsource, product: windows, service: dns-server}
          - {type: logsource, product: windows, category: ps_classic_start}
          - {type: logsource, product: windows, category: ps_classic_provider_start}
          - {type: logsource, product: windows, category: ps_classic_script}
      - id: system
        type: field_name_mapping
        mapping:
          EventID: 'Event.System.EventID'
          EventRecordID: 'Event.System.EventRecordID'
          Channel: 'Event.System.Channel'
          Computer: 'Event.System.Computer'
          Level: 'Event.System.Level'
          Task: 'Event.System.Task'
          Opcode: 'Event.System.Opcode'
          Version: 'Event.System.Version'
          Keywords: 'Event.System.Keywords'
          Provider_Name: 'Event.System.Provider.#attributes.Name'
          Provider_Guid: 'Event.System.Provider.#attributes.Guid'
          Execution_ProcessID: 'Event.System.Execution.#attributes.ProcessID'
          Execution_ThreadID: 'Event.System.Execution.#attributes.ThreadID'
          TimeCreated_SystemTime: 'Event.System.TimeCreated.#attributes.SystemTime'
          Security_UserID: 'Event.System.Security.#attributes.UserID'
          Correlation_ActivityID: 'Event.System.Correlation.#attributes.ActivityID'
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows}
          - {type: logsource, category: antivirus}
      - id: security_process_creation
        type: field_name_mapping
        mapping:
          Image: [Event.EventData.Image, Event.EventData.NewProcessName]
          ParentImage: [Event.EventData.ParentImage, Event.EventData.ParentProcessName]
          User: [Event.EventData.User, Event.EventData.SubjectUserName]
          LogonId: [Event.EventData.LogonId, Event.EventData.SubjectLogonId]
        rule_conditions:
          - {type: logsource, product: windows, category: process_creation}
      - id: defender_names
        type: field_name_mapping
        mapping:
          ThreatID: ['Event.EventData.ThreatID', 'Event.EventData.Threat ID']
          ThreatName: ['Event.EventData.ThreatName', 'Event.EventData.Threat Name']
          SeverityID: ['Event.EventData.SeverityID', 'Event.EventData.Severity ID']
          SeverityName: ['Event.EventData.SeverityName', 'Event.EventData.Severity Name']
          CategoryID: ['Event.EventData.CategoryID', 'Event.EventData.Category ID']
          CategoryName: ['Event.EventData.CategoryName', 'Event.EventData.Category Name']
          SourceID: ['Event.EventData.SourceID', 'Event.EventData.Source ID']
          SourceName: ['Event.EventData.SourceName', 'Event.EventData.Source Name']
          ProcessName: ['Event.EventData.ProcessName', 'Event.EventData.Process Name']
          DetectionUser: ['Event.EventData.DetectionUser', 'Event.EventData.Detection User']
          OriginID: ['Event.EventData.OriginID', 'Event.EventData.Origin ID']
          OriginName: ['Event.EventData.OriginName', 'Event.EventData.Origin Name']
          ExecutionID: ['Event.EventData.ExecutionID', 'Event.EventData.Execution ID']
          ExecutionName: ['Event.EventData.ExecutionName', 'Event.EventData.Execution Name']
          TypeID: ['Event.EventData.TypeID', 'Event.EventData.Type ID']
          TypeName: ['Event.EventData.TypeName', 'Event.EventData.Type Name']
          ActionID: ['Event.EventData.ActionID', 'Event.EventData.Action ID']
          ActionName: ['Event.EventData.ActionName', 'Event.EventData.Action Name']
          ErrorCode: ['Event.EventData.ErrorCode', 'Event.EventData.Error Code']
          ErrorDescription: ['Event.EventData.ErrorDescription', 'Event.EventData.Error Description']
          StatusCode: ['Event.EventData.StatusCode', 'Event.EventData.Status Code']
          StatusDescription: ['Event.EventData.StatusDescription', 'Event.EventData.Status Description']
          RemediationUser: ['Event.EventData.RemediationUser', 'Event.EventData.Remediation User']
          ProductName: ['Event.EventData.ProductName', 'Event.EventData.Product Name']
          ProductVersion: ['Event.EventData.ProductVersion', 'Event.EventData.Product Version']
          DetectionID: ['Event.EventData.DetectionID', 'Event.EventData.Detection ID']
          DetectionTime: ['Event.EventData.DetectionTime', 'Event.EventData.Detection Time']
          OldValue: ['Event.EventData.OldValue', 'Event.EventData.Old Value']
          NewValue: ['Event.EventData.NewValue', 'Event.EventData.New Value']
          FeatureName: ['Event.EventData.FeatureName', 'Event.EventData.Feature Name']
          EngineVersion: ['Event.EventData.EngineVersion', 'Event.EventData.Engine Version']
          Feature_Name: ['Event.EventData.Feature_Name', 'Event.EventData.Feature Name']
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows, service: windefend}
          - {type: logsource, category: antivirus}
      - id: unnamed_data
        type: field_name_mapping
        mapping: {Data: ['Event.EventData.Data', 'Event.EventData.Data.#text']}
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows}
          - {type: logsource, category: antivirus}
      - id: wmi_user_data
        type: field_name_prefix_mapping
        mapping:
          '': [Event.EventData., Event.UserData.Operation_StartedOperational., Event.UserData.Operation_ClientFailure., Event.UserData.Operation_EssStarted., Event.UserData.Operation_TemporaryEssStarted., Event.UserData.Operation_ESStoConsumerBinding.]
        field_name_conditions:
          - {type: exclude_fields, mode: re, fields: ['Event[.].*']}
        rule_conditions:
          - {type: logsource, product: windows, service: wmi}
      - id: user_data
        type: field_name_prefix_mapping
        mapping:
          '': [Event.EventData., Event.UserData.EventXML., Event.UserData.EventData., Event.UserData.RuleAndFileData.]
        field_name_conditions:
          - {type: exclude_fields, mode: re, fields: ['Event[.].*']}
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows, service: applocker}
          - {type: logsource, product: windows, service: printservice-admin}
          - {type: logsource, product: windows, service: printservice-operational}
          - {type: logsource, product: windows, service: smbclient-connectivity}
          - {type: logsource, product: windows, service: smbclient-security}
          - {type: logsource, product: windows, service: smbserver-connectivity}
          - {type: logsource, product: windows, service: terminalservices-localsessionmanager}
      - id: event_data
        type: field_name_prefix
        prefix: Event.EventData.
        field_name_conditions:
          - {type: exclude_fields, mode: re, fields: ['Event[.].*']}
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows}
          - {type: logsource, category: antivirus}
    """
}
