// swift-format-ignore-file: the lines of the text are as long as YAML needs them

extension SigmaShippedPipelines {
  /// Windows events as fields that Splunk's add-ons for Sysmon and for Windows extract from XML. See README.md for the sources.
  static let splunkWindows = """
    name: splunk-windows
    priority: 20
    transformations:
      - id: channel_application
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Application'}
        rule_conditions:
          - {type: logsource, product: windows, service: application}
      - id: channel_application-experience
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Application-Experience/*'}
        rule_conditions:
          - {type: logsource, product: windows, service: application-experience}
      - id: channel_applocker
        type: add_condition
        conditions: {source|cased: ['XmlWinEventLog:Microsoft-Windows-AppLocker/EXE and DLL', 'XmlWinEventLog:Microsoft-Windows-AppLocker/MSI and Script', 'XmlWinEventLog:Microsoft-Windows-AppLocker/Packaged app-Deployment', 'XmlWinEventLog:Microsoft-Windows-AppLocker/Packaged app-Execution']}
        rule_conditions:
          - {type: logsource, product: windows, service: applocker}
      - id: channel_appmodel-runtime
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-AppModel-Runtime/Admin'}
        rule_conditions:
          - {type: logsource, product: windows, service: appmodel-runtime}
      - id: channel_appxdeployment-server
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-AppXDeploymentServer/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: appxdeployment-server}
      - id: channel_appxpackaging-om
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-AppxPackaging/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: appxpackaging-om}
      - id: channel_bitlocker
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-BitLocker/BitLocker Management'}
        rule_conditions:
          - {type: logsource, product: windows, service: bitlocker}
      - id: channel_bits-client
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Bits-Client/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: bits-client}
      - id: channel_capi2
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-CAPI2/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: capi2}
      - id: channel_certificateservicesclient-lifecycle-system
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: certificateservicesclient-lifecycle-system}
      - id: channel_codeintegrity-operational
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-CodeIntegrity/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: codeintegrity-operational}
      - id: channel_dhcp
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-DHCP-Server/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: dhcp}
      - id: channel_diagnosis-scripted
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Diagnosis-Scripted/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: diagnosis-scripted}
      - id: channel_dns-client
        type: add_condition
        conditions: {source|cased: ['XmlWinEventLog:Microsoft-Windows-DNS-Client/Operational', 'XmlWinEventLog:Microsoft-Windows-DNS Client Events/Operational']}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-client}
      - id: channel_dns-server
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:DNS Server'}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-server}
      - id: channel_dns-server-analytic
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-DNS-Server/Analytical'}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-server-analytic}
      - id: channel_dns-server-audit
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-DNS-Server/Audit'}
        rule_conditions:
          - {type: logsource, product: windows, service: dns-server-audit}
      - id: channel_driver-framework
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-DriverFrameworks-UserMode/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: driver-framework}
      - id: channel_firewall-as
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'}
        rule_conditions:
          - {type: logsource, product: windows, service: firewall-as}
      - id: channel_hyper-v-worker
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Hyper-V-Worker*'}
        rule_conditions:
          - {type: logsource, product: windows, service: hyper-v-worker}
      - id: channel_iis-configuration
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-IIS-Configuration/*'}
        rule_conditions:
          - {type: logsource, product: windows, service: iis-configuration}
      - id: channel_kernel-event-tracing
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Kernel-EventTracing*'}
        rule_conditions:
          - {type: logsource, product: windows, service: kernel-event-tracing}
      - id: channel_kernel-shimengine
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Kernel-ShimEngine/*'}
        rule_conditions:
          - {type: logsource, product: windows, service: kernel-shimengine}
      - id: channel_ldap
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-LDAP-Client/Debug'}
        rule_conditions:
          - {type: logsource, product: windows, service: ldap}
      - id: channel_ldap_debug
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-LDAP-Client/Debug'}
        rule_conditions:
          - {type: logsource, product: windows, service: ldap_debug}
      - id: channel_lsa-server
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-LSA/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: lsa-server}
      - id: channel_microsoft-servicebus-client
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-ServiceBus-Client*'}
        rule_conditions:
          - {type: logsource, product: windows, service: microsoft-servicebus-client}
      - id: channel_msexchange-management
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:MSExchange Management'}
        rule_conditions:
          - {type: logsource, product: windows, service: msexchange-management}
      - id: channel_ntfs
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Ntfs/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: ntfs}
      - id: channel_ntlm
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-NTLM/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: ntlm}
      - id: channel_openssh
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:OpenSSH/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: openssh}
      - id: channel_powershell
        type: add_condition
        conditions: {source|cased: ['XmlWinEventLog:Microsoft-Windows-PowerShell/Operational', 'XmlWinEventLog:PowerShellCore/Operational']}
        rule_conditions:
          - {type: logsource, product: windows, service: powershell}
      - id: channel_powershell-classic
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Windows PowerShell'}
        rule_conditions:
          - {type: logsource, product: windows, service: powershell-classic}
      - id: channel_printservice-admin
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-PrintService/Admin'}
        rule_conditions:
          - {type: logsource, product: windows, service: printservice-admin}
      - id: channel_printservice-operational
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-PrintService/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: printservice-operational}
      - id: channel_security
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Security'}
        rule_conditions:
          - {type: logsource, product: windows, service: security}
      - id: channel_security-mitigations
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Security-Mitigations*'}
        rule_conditions:
          - {type: logsource, product: windows, service: security-mitigations}
      - id: channel_shell-core
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Shell-Core/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: shell-core}
      - id: channel_smbclient-connectivity
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-SmbClient/Connectivity'}
        rule_conditions:
          - {type: logsource, product: windows, service: smbclient-connectivity}
      - id: channel_smbclient-security
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-SmbClient/Security'}
        rule_conditions:
          - {type: logsource, product: windows, service: smbclient-security}
      - id: channel_smbserver-connectivity
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-SMBServer/Connectivity'}
        rule_conditions:
          - {type: logsource, product: windows, service: smbserver-connectivity}
      - id: channel_sysmon
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: sysmon}
      - id: channel_system
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:System'}
        rule_conditions:
          - {type: logsource, product: windows, service: system}
      - id: channel_taskscheduler
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-TaskScheduler/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: taskscheduler}
      - id: channel_terminalservices-localsessionmanager
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: terminalservices-localsessionmanager}
      - id: channel_vhdmp
        type: add_condition
        conditions: {source|cased: ['XmlWinEventLog:Microsoft-Windows-VHDMP-Operational', 'XmlWinEventLog:Microsoft-Windows-VHDMP/Operational']}
        rule_conditions:
          - {type: logsource, product: windows, service: vhdmp}
      - id: channel_windefend
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Windows Defender/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: windefend}
      - id: channel_wmi
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-WMI-Activity/Operational'}
        rule_conditions:
          - {type: logsource, product: windows, service: wmi}
      - id: channel_clipboard_change
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 24}
        rule_conditions:
          - {type: logsource, product: windows, category: clipboard_change}
      - id: channel_create_remote_thread
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 8}
        rule_conditions:
          - {type: logsource, product: windows, category: create_remote_thread}
      - id: channel_create_stream_hash
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 15}
        rule_conditions:
          - {type: logsource, product: windows, category: create_stream_hash}
      - id: channel_dns_query
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 22}
        rule_conditions:
          - {type: logsource, product: windows, category: dns_query}
      - id: channel_driver_load
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 6}
        rule_conditions:
          - {type: logsource, product: windows, category: driver_load}
      - id: channel_file_block_executable
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 27}
        rule_conditions:
          - {type: logsource, product: windows, category: file_block_executable}
      - id: channel_file_block_shredding
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 28}
        rule_conditions:
          - {type: logsource, product: windows, category: file_block_shredding}
      - id: channel_file_change
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 2}
        rule_conditions:
          - {type: logsource, product: windows, category: file_change}
      - id: channel_file_delete
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: [23, 26]}
        rule_conditions:
          - {type: logsource, product: windows, category: file_delete}
      - id: channel_file_event
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 11}
        rule_conditions:
          - {type: logsource, product: windows, category: file_event}
      - id: channel_file_executable_detected
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 29}
        rule_conditions:
          - {type: logsource, product: windows, category: file_executable_detected}
      - id: channel_image_load
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 7}
        rule_conditions:
          - {type: logsource, product: windows, category: image_load}
      - id: channel_network_connection
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 3}
        rule_conditions:
          - {type: logsource, product: windows, category: network_connection}
      - id: channel_pipe_created
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: [17, 18]}
        rule_conditions:
          - {type: logsource, product: windows, category: pipe_created}
      - id: channel_process_access
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 10}
        rule_conditions:
          - {type: logsource, product: windows, category: process_access}
      - id: channel_process_tampering
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 25}
        rule_conditions:
          - {type: logsource, product: windows, category: process_tampering}
      - id: channel_process_termination
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 5}
        rule_conditions:
          - {type: logsource, product: windows, category: process_termination}
      - id: channel_raw_access_thread
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 9}
        rule_conditions:
          - {type: logsource, product: windows, category: raw_access_thread}
      - id: channel_registry_add
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 12, EventType: 'CreateKey'}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_add}
      - id: channel_registry_delete
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 12, EventType: ['DeleteKey', 'DeleteValue']}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_delete}
      - id: channel_registry_event
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: [12, 13, 14]}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_event}
      - id: channel_registry_rename
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 14}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_rename}
      - id: channel_registry_set
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 13}
        rule_conditions:
          - {type: logsource, product: windows, category: registry_set}
      - id: channel_sysmon_error
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 255}
        rule_conditions:
          - {type: logsource, product: windows, category: sysmon_error}
      - id: channel_sysmon_status
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: [4, 16]}
        rule_conditions:
          - {type: logsource, product: windows, category: sysmon_status}
      - id: channel_wmi_event
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: [19, 20, 21]}
        rule_conditions:
          - {type: logsource, product: windows, category: wmi_event}
      - id: channel_ps_module
        type: add_condition
        conditions: {source|cased: ['XmlWinEventLog:Microsoft-Windows-PowerShell/Operational', 'XmlWinEventLog:PowerShellCore/Operational'], EventCode: 4103}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_module}
      - id: channel_ps_script
        type: add_condition
        conditions: {source|cased: ['XmlWinEventLog:Microsoft-Windows-PowerShell/Operational', 'XmlWinEventLog:PowerShellCore/Operational'], EventCode: 4104}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_script}
      - id: channel_ps_classic_start
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Windows PowerShell', EventCode: 400}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_classic_start}
      - id: channel_ps_classic_provider_start
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Windows PowerShell', EventCode: 600}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_classic_provider_start}
      - id: channel_ps_classic_script
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Windows PowerShell', EventCode: 800}
        rule_conditions:
          - {type: logsource, product: windows, category: ps_classic_script}
      - id: channel_process_creation
        type: add_condition
        conditions:
          - {source|cased: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', EventCode: 1}
          - {source|cased: 'XmlWinEventLog:Security', EventCode: 4688}
        rule_conditions:
          - {type: logsource, product: windows, category: process_creation}
      - id: channel_antivirus
        type: add_condition
        conditions: {source|cased: 'XmlWinEventLog:Microsoft-Windows-Windows Defender/Operational', EventCode: [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116, 1117, 1118, 1119]}
        rule_conditions:
          - {type: logsource, category: antivirus}
      - id: antivirus_names
        type: field_name_mapping
        mapping: {Signature: ThreatName, Filename: Path}
        rule_conditions:
          - {type: logsource, category: antivirus}
      - id: unnamed_data
        type: detection_item_failure
        message: the add-on makes no field of data without a name
        field_name_conditions:
          - {type: include_fields, fields: [Data]}
        rule_conditions:
          - {type: logsource, product: windows}
      - id: user_data
        type: detection_item_failure
        message: the add-on makes no fields of UserData
        field_name_conditions:
          - {type: exclude_fields, fields: [source, EventCode, EventID, Channel, Computer, Level, Task, Opcode, Version, Keywords, Provider_Name]}
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows, service: wmi}
          - {type: logsource, product: windows, service: applocker}
          - {type: logsource, product: windows, service: printservice-admin}
          - {type: logsource, product: windows, service: printservice-operational}
          - {type: logsource, product: windows, service: smbclient-connectivity}
          - {type: logsource, product: windows, service: smbclient-security}
          - {type: logsource, product: windows, service: smbserver-connectivity}
          - {type: logsource, product: windows, service: terminalservices-localsessionmanager}
      - id: provider_quotes
        type: replace_string
        regex: '^(.+)$'
        replacement: '?\\1?'
        field_name_conditions:
          - {type: include_fields, fields: [Provider_Name]}
        rule_conditions:
          - {type: logsource, product: windows}
      - id: system
        type: field_name_mapping
        mapping:
          EventID: EventCode
          EventRecordID: EventRecordID
          Channel: Channel
          Computer: Computer
          Level: Level
          Task: Task
          Opcode: Opcode
          Version: Version
          Keywords: Keywords
          Provider_Name: Name
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows}
          - {type: logsource, category: antivirus}
      - id: security_process_creation
        type: field_name_mapping
        mapping:
          Image: [Image, NewProcessName]
          ParentImage: [ParentImage, ParentProcessName]
          User: [User, SubjectUserName]
          LogonId: [LogonId, SubjectLogonId]
        rule_conditions:
          - {type: logsource, product: windows, category: process_creation}
      - id: defender_names
        type: field_name_mapping
        mapping:
          ThreatID: [ThreatID, Threat_ID]
          ThreatName: [ThreatName, Threat_Name]
          SeverityID: [SeverityID, Severity_ID]
          SeverityName: [SeverityName, Severity_Name]
          CategoryID: [CategoryID, Category_ID]
          CategoryName: [CategoryName, Category_Name]
          SourceID: [SourceID, Source_ID]
          SourceName: [SourceName, Source_Name]
          ProcessName: [ProcessName, Process_Name]
          DetectionUser: [DetectionUser, Detection_User]
          OriginID: [OriginID, Origin_ID]
          OriginName: [OriginName, Origin_Name]
          ExecutionID: [ExecutionID, Execution_ID]
          ExecutionName: [ExecutionName, Execution_Name]
          TypeID: [TypeID, Type_ID]
          TypeName: [TypeName, Type_Name]
          ActionID: [ActionID, Action_ID]
          ActionName: [ActionName, Action_Name]
          ErrorCode: [ErrorCode, Error_Code]
          ErrorDescription: [ErrorDescription, Error_Description]
          StatusCode: [StatusCode, Status_Code]
          StatusDescription: [StatusDescription, Status_Description]
          RemediationUser: [RemediationUser, Remediation_User]
          ProductName: [ProductName, Product_Name]
          ProductVersion: [ProductVersion, Product_Version]
          DetectionID: [DetectionID, Detection_ID]
          DetectionTime: [DetectionTime, Detection_Time]
          OldValue: [OldValue, Old_Value]
          NewValue: [NewValue, New_Value]
          FeatureName: [FeatureName, Feature_Name]
          EngineVersion: [EngineVersion, Engine_Version]
        rule_cond_op: or
        rule_conditions:
          - {type: logsource, product: windows, service: windefend}
          - {type: logsource, category: antivirus}
    """
}
