import { audit } from '../src/audit/audit.ts';
import { clusterFabric } from './audit/racks.ts';
import { big } from './cluster.ts';
import { renderExposition } from '../src/metrics/exposition.ts';
import { renderPage } from '../src/web/page.ts';
const which=process.argv[2];
const mb=()=>Math.round(process.memoryUsage().rss/2**20);
const base = clusterFabric({ ...big, switches: Number(process.env.SW??200) }, 4);
let input: any = { ...base, maxAgeMs: () => 3_600_000 };
const ex = (base.expected as any).value;
if (which==='sessions') input.devices = base.devices.map((d:any)=>({...d, sessions:{...d.sessions, value:d.sessions.value.map((s:any)=>({...s,state:'active',establishedSeconds:undefined}))}}));
if (which==='unexpected') { const e={...ex, prefixes:[]}; input.expected={...base.expected, value:e}; input.vantages=new Map([...base.vantages].map(([k,v])=>[k,{...v,prefixes:[]}])); }
if (which==='hops') { const names=ex.nodes.map((n:any)=>n.name); const idx=new Map(names.map((n:string,i:number)=>[n,i])); const shifted=ex.prefixes.map((p:any)=>p.origins.length===1?{...p,origins:[names[((idx.get(p.origins[0]) as number)+60)%names.length]]}:p); input.expected={...base.expected, value:{...ex,prefixes:shifted}}; input.vantages=new Map([...base.vantages].map(([k,v])=>[k,{...v,prefixes:shifted}])); }
if (which==='dead') input.devices = base.devices.map((d:any)=>({...d, sessions:{ok:false,at:base.now,error:{kind:'timeout',message:'no answer'}}, routes:{ok:false,at:base.now,error:{kind:'timeout',message:'no answer'}}}));
console.log(which,'ready', mb());
let r: any;
for (let k=0;k<4;k++){
let t=performance.now(); r=audit({...input, now: base.now+k*60_000},r); console.log('audit', Math.round(performance.now()-t), 'ms', mb(),'MiB findings',r.findings.length,'pending',r.pending.length,'unknown',r.unknown.length,'incidents',r.incidents.length);
}
const f={at:base.now,devices:input.devices,expected:input.expected,audit:r,deviceByAddress:new Map()} as any;
let t=performance.now(); const e=await renderExposition(f,{ maxMissingSeries: 1000, meshDetail: false, maxAgeMs: () => 3_600_000 }); console.log('  render',Math.round(performance.now()-t), e.series, mb());
t=performance.now(); const p=renderPage({fabric:f,now:base.now,version:'x',maxAgeMs:()=>3_600_000,matrix:(await import('../src/web/matrix-choice.ts')).matrixRequest('')} as any); console.log('  page',Math.round(performance.now()-t), p.length, mb());
